using YamlDotNet.Core;

namespace Cnn.Proto;

/// <summary>The text being read, places in it, and the mistakes found so far.</summary>
/// <param name="text">The text.</param>
/// <param name="file">The file's name.</param>
/// <param name="includedFrom">Where another file includes this one; null when none does.</param>
internal sealed class YamlPlaces(string text, string file, SourceLocation? includedFrom = null)
{
    private const int MaxErrors = 50;
    private const int LineWindow = 4096;
    private const int Margin = 256;

    private readonly List<Diagnostic> errors = [];
    private readonly RepeatedMessages repeated = new();
    private (long Line, long From, string Text) shown;

    public string Text { get; } = text;

    /// <summary>The file's name.</summary>
    public string File => file;

    /// <summary>Where another file includes this one; null when none does.</summary>
    public SourceLocation? IncludedFrom => includedFrom;

    public IReadOnlyList<Diagnostic> Errors => repeated.Counted(errors);

    /// <summary>Whether reading must stop, after too many mistakes or one that makes the rest meaningless.</summary>
    public bool GivenUp { get; private set; }

    public SourceLocation At(Mark mark)
    {
        if (shown.Line != mark.Line || mark.Column - shown.From is < 0 or > LineWindow - Margin)
        {
            long from = Math.Max(1, mark.Column - Margin);
            shown = (mark.Line, from, PartOfLine(mark.Index - (mark.Column - from)));
        }

        (string? line, long start) = Text.Length == 0 ? (null, 1) : (shown.Text, shown.From);
        return new SourceLocation(file, (int)mark.Line, (int)mark.Column, line, (int)start)
        {
            IncludedFrom = includedFrom,
        };
    }

    public void Report(Mark at, string message, string? hint = null) => Add(new Diagnostic(message, At(at), hint));

    /// <summary>Adds a mistake of this file, or of one that it includes.</summary>
    public void Add(Diagnostic mistake)
    {
        if (GivenUp)
        {
            return;
        }

        GivenUp = errors.Count >= MaxErrors;
        errors.Add(GivenUp ? new Diagnostic(TextMessages.TooManyErrors, mistake.Location) : mistake);
    }

    /// <summary>Adds the mistakes of a file that was included; gives up if reading it was given up.</summary>
    public void Add(YamlPlaces included)
    {
        foreach (Diagnostic mistake in included.Errors)
        {
            Add(mistake);
        }

        GivenUp |= included.GivenUp;
    }

    /// <summary>Reports a mistake where it occurs first; further places are counted.</summary>
    public void ReportOnce(Mark at, string message, string? hint)
    {
        if (repeated.IsFirst(message))
        {
            Report(at, message, hint);
        }
    }

    /// <summary>Reports a mistake after which nothing more can be read.</summary>
    public void GiveUp(Mark at, string message, string? hint = null)
    {
        Report(at, message, hint);
        GivenUp = true;
    }

    // A line can be the whole file; a few thousand characters of it serve many places and take little memory.
    private string PartOfLine(long index)
    {
        int start = (int)Math.Clamp(index, 0, Text.Length);
        ReadOnlySpan<char> rest = Text.AsSpan(start, Math.Min(LineWindow, Text.Length - start));
        int end = rest.IndexOfAny("\r\n\u0085\u2028\u2029");
        return (end < 0 ? rest : rest[..end]).ToString();
    }
}
