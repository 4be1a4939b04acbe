using System.Globalization;

namespace Cnn.Tests.Engine.Solvers.Bits;

/// <summary>
/// The hashes of weights that are recorded for each vector width: <c>recorded-bits.tsv</c>, rows of net, width,
/// iteration and SHA-256.
/// </summary>
internal static class RecordedBits
{
    private const string Heading = "net\twidth\titeration\tsha256";

    /// <summary>The variable of the environment that makes the tests write what they find.</summary>
    public const string WriteVariable = "CNN_WRITE_BITS";

    private static string File => Repository.PathOf("Runner.Tests", "Engine", "Solvers", "Bits", "recorded-bits.tsv");

    /// <summary>Returns the hashes of a net by their iterations, in order.</summary>
    public static SortedDictionary<int, string> Of(string net, string width) => new(
        Rows().Where(r => r[0] == net && r[1] == width)
            .ToDictionary(r => int.Parse(r[2], CultureInfo.InvariantCulture), r => r[3]));

    /// <summary>Replaces the hashes of a net.</summary>
    public static void Write(string net, string width, IReadOnlyDictionary<int, string> hashes)
    {
        IEnumerable<string[]> rows = Rows().Where(r => r[0] != net || r[1] != width)
            .Concat(hashes.Select(h => new[] { net, width, h.Key.ToString(CultureInfo.InvariantCulture), h.Value }))
            .OrderBy(r => r[0], StringComparer.Ordinal)
            .ThenBy(r => r[1], StringComparer.Ordinal)
            .ThenBy(r => int.Parse(r[2], CultureInfo.InvariantCulture));
        System.IO.File.WriteAllLines(File, [Heading, .. rows.Select(r => string.Join('\t', r))]);
    }

    private static List<string[]> Rows() => System.IO.File.Exists(File)
        ? [.. System.IO.File.ReadLines(File).Skip(1).Select(line => line.Split('\t'))]
        : [];
}
