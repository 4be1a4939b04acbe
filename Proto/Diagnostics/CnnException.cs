namespace Cnn.Proto;

/// <summary>
/// The one exception for the user's mistakes: a bad file, net, option or shape. Its message is the text to show. Any
/// other exception is a bug in the program.
/// </summary>
public sealed class CnnException : Exception
{
    /// <summary>Creates an exception for one mistake.</summary>
    public CnnException(Diagnostic diagnostic, Exception? inner = null)
        : this([diagnostic], inner)
    {
    }

    /// <summary>Creates an exception for several mistakes, in the order of the file; at least one.</summary>
    public CnnException(IReadOnlyList<Diagnostic> diagnostics, Exception? inner = null)
        : base(string.Join('\n', diagnostics), inner)
    {
        ArgumentOutOfRangeException.ThrowIfZero(diagnostics.Count);
        Diagnostics = diagnostics;
    }

    /// <summary>Creates an exception for a mistake that has no place in a text file.</summary>
    public CnnException(string message, string? hint = null, Exception? inner = null)
        : this(new Diagnostic(message, Hint: hint), inner)
    {
    }

    /// <summary>The mistakes, one entry each.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <summary>
    /// Whether the machine failed, as when a disk is full, and nothing that the user gave is wrong. The command then
    /// ends with the exit code of a failed run.
    /// </summary>
    public bool IsOfTheMachine { get; init; }

    /// <summary>
    /// Returns the same mistakes with the name of the file that they are in, for files without lines.
    /// </summary>
    public CnnException In(string path) => new(
        [.. Diagnostics.Select(d => d.Location is null && !d.Message.StartsWith(path, StringComparison.Ordinal)
            ? d with { Message = $"{path}: {d.Message}" } : d)],
        this)
    {
        IsOfTheMachine = IsOfTheMachine,
    };
}
