using System.Globalization;
using Cnn.Engine.Runs;
using Cnn.Proto;

namespace Cnn.Campaigns.Running;

/// <summary>Runs the chosen parts of a campaign, one after another, and keeps how far they are.</summary>
internal static class CampaignRunner
{
    /// <summary>Runs a campaign; returns the number of findings of this run.</summary>
    /// <exception cref="CnnException">A part does not exist.</exception>
    /// <exception cref="InvalidDataException">The state's file holds something else.</exception>
    public static int Run(ICampaign campaign, CampaignOptions options, TextWriter output, TimeProvider time)
    {
        IReadOnlyList<string> parts = options.Parts.Count > 0 ? options.Parts : campaign.Parts;
        if (parts.FirstOrDefault(p => !campaign.Parts.Contains(p)) is { } unknown)
        {
            throw new CnnException(
                $"The campaign {campaign.Name} has no part '{unknown}'",
                $"one of: {string.Join(", ", campaign.Parts)}");
        }

        bool isKept = options.Folder is not null && options.OnlyCase is null;
        string file = FileOf(options.Folder ?? "", campaign.Name, options.Seed);
        CampaignState state = isKept
            ? CampaignState.Open(file, campaign.Name, options.Seed)
            : new CampaignState { Campaign = campaign.Name, Seed = options.Seed };
        state.Version = EngineVersion.Text;
        state.Date = time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        int found = 0;
        foreach (string name in parts)
        {
            PartState part = state.Part(name);
            var run = new PartRun(
                campaign.Name,
                name,
                options,
                part,
                options.Time / parts.Count,
                output,
                () => Save(state, file, isKept));
            campaign.Run(run);
            found += run.Found;
            output.WriteLine(Summary(campaign.Name, name, part, run.Found));
        }

        return found;
    }

    /// <summary>Returns the file of a campaign's state.</summary>
    public static string FileOf(string folder, string campaign, ulong seed) => Path.Combine(
        folder, string.Create(CultureInfo.InvariantCulture, $"{campaign}-{seed}.json"));

    private static void Save(CampaignState state, string file, bool isKept)
    {
        if (isKept)
        {
            state.Save(file);
        }
    }

    private static string Summary(string campaign, string part, PartState state, int found) => string.Create(
        CultureInfo.InvariantCulture,
        $"{campaign}/{part}: {state.Next} cases in {state.Seconds / 60:F1} minutes, {found} findings in this run, "
        + $"{state.Findings.Count} in all{string.Concat(state.Counts.Select(c => $", {c.Value} {c.Key}"))}");
}
