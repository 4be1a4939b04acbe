using System.Globalization;
using Cnn.Proto;

namespace Cnn.Bench;

/// <summary>Plain "--name value" options; a name without a value selects the default.</summary>
internal static class Options
{
    public static string? Text(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length && !args[at + 1].StartsWith("--", StringComparison.Ordinal)
            ? args[at + 1]
            : null;
    }

    /// <exception cref="CnnException">The value is not a whole number of at least 1.</exception>
    public static int? Number(string[] args, string name) =>
        Text(args, name) is { } text ? Number(name, text, text, "expected a whole number of at least 1") : null;

    /// <inheritdoc cref="Number(string[], string)"/>
    public static int Number(string[] args, string name, int otherwise) => Number(args, name) ?? otherwise;

    /// <summary>Returns the numbers of an option that are separated by x, or null.</summary>
    /// <exception cref="CnnException">One of them is not a whole number of at least 1.</exception>
    public static int[]? Sizes(string[] args, string name) =>
        Text(args, name) is { } text
            ? [.. text.Split('x').Select(part => Number(name, text, part, "expected sizes such as 3x32x32"))]
            : null;

    /// <summary>
    /// Returns the thread counts to measure with: the requested one, else one thread and as many as there are cores.
    /// </summary>
    /// <exception cref="CnnException">The requested count is not a whole number of at least 1.</exception>
    public static int[] ThreadCounts(string[] args)
    {
        int all = Environment.ProcessorCount;
        return Number(args, "--threads") is { } threads ? [threads] : all > 1 ? [1, all] : [1];
    }

    private static int Number(string name, string text, string part, string expected) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new CnnException($"{name} is '{text}'", expected);
}
