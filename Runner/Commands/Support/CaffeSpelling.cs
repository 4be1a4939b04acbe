using System.Text.RegularExpressions;

namespace Cnn.Runner.Commands.Support;

/// <summary>
/// Accepts command lines as Caffe's users write them, with one dash (<c>-solver s.prototxt</c>, <c>-gpu=0</c>).
/// </summary>
internal static partial class CaffeSpelling
{
    /// <summary>Returns the same arguments with two dashes.</summary>
    public static string[] WithTwoDashes(string[] args)
    {
        int end = Array.IndexOf(args, "--");
        return [.. args.Select((arg, i) => (end < 0 || i < end) && OneDash().IsMatch(arg) ? "-" + arg : arg)];
    }

    // Matches a dash and a word; a single letter (-h) and negative numbers stay as they are.
    [GeneratedRegex("^-[A-Za-z][A-Za-z_-]+(=|$)")]
    private static partial Regex OneDash();
}
