using System.Globalization;
using Cnn.Proto;

namespace Cnn.Bench;

/// <summary>Plain "--name value" options; a name alone stands for its usual value.</summary>
internal static class Options
{
    public static string? Text(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length && !args[at + 1].StartsWith("--", StringComparison.Ordinal) ? args[at + 1] : null;
    }

    /// <exception cref="CnnException">It is no whole number from 1 on.</exception>
    public static int? Number(string[] args, string name) =>
        Text(args, name) is { } text ? Number(name, text, text, "a whole number from 1 on is expected") : null;

    /// <inheritdoc cref="Number(string[], string)"/>
    public static int Number(string[] args, string name, int otherwise) => Number(args, name) ?? otherwise;

    /// <summary>Numbers with an x between them, or null.</summary>
    /// <exception cref="CnnException">One is no whole number from 1 on.</exception>
    public static int[]? Sizes(string[] args, string name) =>
        Text(args, name) is { } text ? [.. text.Split('x').Select(part => Number(name, text, part, "sizes as in 3x32x32 are expected"))] : null;

    /// <summary>What to measure with: the threads asked for, else one, and as many as there are cores.</summary>
    /// <exception cref="CnnException">Those asked for are no whole number from 1 on.</exception>
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
