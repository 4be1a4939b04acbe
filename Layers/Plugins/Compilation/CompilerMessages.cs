using System.Globalization;
using System.Text.RegularExpressions;
using Cnn.Proto;

namespace Cnn.Layers.Plugins.Compilation;

/// <summary>The errors and warnings in the output of a build, with the places that the user knows.</summary>
/// <param name="Errors">The errors, in the order of the file.</param>
/// <param name="Warnings">The warnings.</param>
internal sealed partial record CompilerMessages(IReadOnlyList<Diagnostic> Errors, IReadOnlyList<Diagnostic> Warnings)
{
    private const int LinesShown = 5;

    /// <summary>Reads the lines such as <c>/build/Mine.cs(3,7): error CS0103: text [project]</c>.</summary>
    /// <param name="output">The output.</param>
    /// <param name="compiled">The file that was compiled, a copy of the user's.</param>
    /// <param name="path">The file as the user named it.</param>
    /// <param name="source">Its text.</param>
    public static CompilerMessages Read(string output, string compiled, string path, string source)
    {
        string[] lines = source.ReplaceLineEndings("\n").Split('\n');
        var (errors, warnings) = (new List<Diagnostic>(), new List<Diagnostic>());
        string folder = Path.GetDirectoryName(compiled) + Path.DirectorySeparatorChar;
        foreach (Match match in Message().Matches(output))
        {
            string text = match.Groups["text"].Value.Replace(folder, "", StringComparison.Ordinal).TrimEnd('.');
            string message = match.Groups["code"] is { Success: true } code ? $"{text} ({code})" : text;
            bool isInSource = Path.GetFileName(match.Groups["file"].Value) == Path.GetFileName(compiled);
            (match.Groups["kind"].ValueSpan is "error" ? errors : warnings).Add(isInSource
                ? new Diagnostic(message, Place(match, path, lines))
                : new Diagnostic($"the plug-in '{path}' cannot be compiled: {message}"));
        }

        return new CompilerMessages(InOrder(errors), InOrder(warnings));
    }

    /// <summary>Returns the errors as one exception; where none was recognised, the end of the output.</summary>
    public CnnException AsError(string path, string output)
    {
        if (Errors.Count > 0)
        {
            return new CnnException(Errors);
        }

        string[] last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new CnnException(
            $"the plug-in '{path}' cannot be compiled; the build ends with: "
            + string.Join(' ', last.TakeLast(LinesShown)));
    }

    // The compiler works on several threads, and the build prints some messages twice.
    private static Diagnostic[] InOrder(List<Diagnostic> messages) =>
    [
        .. messages.Distinct().OrderBy(m => m.Location?.Line ?? 0).ThenBy(m => m.Location?.Column ?? 0)
            .ThenBy(m => m.Message, StringComparer.Ordinal),
    ];

    private static SourceLocation Place(Match match, string path, string[] lines)
    {
        int line = Number("line"), column = Number("column");
        return new SourceLocation(path, line, column, line <= lines.Length ? lines[line - 1] : null);

        int Number(string group) => int.TryParse(
            match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? Math.Max(1, number)
            : 1;
    }

    [GeneratedRegex(
        """^(?<file>[^\r\n]*?)(\((?<line>\d+)(,(?<column>\d+)(,\d+)*)?\))? ?: (?<kind>error|warning)"""
        + """( (?<code>[A-Za-z]+\d+))?: (?<text>[^\r\n]*?)( \[[^\]\r\n]*proj\])?\r?$""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Message();
}
