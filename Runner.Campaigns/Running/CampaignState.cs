using System.Text.Json;

namespace Cnn.Campaigns.Running;

/// <summary>The state of a campaign with one seed, kept as a file of JSON between runs.</summary>
internal sealed class CampaignState
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    /// <summary>The campaign's name.</summary>
    public required string Campaign { get; init; }

    /// <summary>The seed of its cases.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The version of Cnn that ran last.</summary>
    public string Version { get; set; } = "";

    /// <summary>The day of the last run, in UTC.</summary>
    public string Date { get; set; } = "";

    /// <summary>The parts that have run.</summary>
    public SortedDictionary<string, PartState> Parts { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Returns the state in a file, or a new one where there is none.</summary>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public static CampaignState Open(string file, string campaign, ulong seed)
    {
        var none = new CampaignState { Campaign = campaign, Seed = seed };
        if (!File.Exists(file))
        {
            return none;
        }

        try
        {
            return JsonSerializer.Deserialize<CampaignState>(File.ReadAllText(file), Format) ?? none;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{file} is no state of a campaign: {error.Message}", error);
        }
    }

    /// <summary>Returns the part's state, a new one where it has not run.</summary>
    public PartState Part(string name)
    {
        if (!Parts.TryGetValue(name, out PartState? part))
        {
            Parts.Add(name, part = new PartState());
        }

        return part;
    }

    /// <summary>
    /// Writes the state beside the file's name and renames it, so that a killed campaign loses little.
    /// </summary>
    public void Save(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file + ".new", JsonSerializer.Serialize(this, Format));
        File.Move(file + ".new", file, overwrite: true);
    }
}
