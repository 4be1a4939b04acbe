namespace Cnn.Tests.Proto;

/// <summary>
/// Facts about the nets of public repositories, counted without building them: which layer types they use, in how many
/// layers, and which fields that Caffe does not have, in how many nets.
/// </summary>
/// <param name="Repository">Owner and name.</param>
/// <param name="Nets">How many of its nets no repository before it has.</param>
/// <param name="Types">The layer types of the current format with the number of their layers.</param>
/// <param name="Fields">Fields as <c>pooling_param.ceil_mode</c> with the number of nets that have them.</param>
internal sealed record PublicNetFacts(
    string Repository, int Nets, IReadOnlyDictionary<string, int> Types, IReadOnlyDictionary<string, int> Fields)
{
    private static readonly Lazy<IReadOnlyList<PublicNetFacts>> Table = new(Read);

    /// <summary>The facts of each repository.</summary>
    public static IReadOnlyList<PublicNetFacts> All => Table.Value;

    private static List<PublicNetFacts> Read()
    {
        using Stream stream = typeof(PublicNetFacts).Assembly.GetManifestResourceStream("public-nets.tsv")!;
        using var reader = new StreamReader(stream);
        var facts = new List<PublicNetFacts>();
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                string[] columns = line.Split('\t');
                facts.Add(new PublicNetFacts(
                    columns[0], NumberOf(columns[1]), Counts(columns[2]), Counts(columns[3])));
            }
        }

        return facts;
    }

    private static Dictionary<string, int> Counts(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry.Split(':'))
            .ToDictionary(parts => parts[0], parts => NumberOf(parts[1]));

    private static int NumberOf(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
