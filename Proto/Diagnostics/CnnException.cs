namespace Cnn.Proto;

/// <summary>
/// The one exception for the user's mistakes: a bad file, net, option or shape. Its message is the text to show;
/// anything else that is thrown is a fault of the program.
/// </summary>
public sealed class CnnException : Exception
{
    /// <summary>One mistake.</summary>
    public CnnException(Diagnostic diagnostic, Exception? inner = null)
        : this([diagnostic], inner)
    {
    }

    /// <summary>Several mistakes, in the order of the file; at least one.</summary>
    public CnnException(IReadOnlyList<Diagnostic> diagnostics, Exception? inner = null)
        : base(string.Join('\n', diagnostics), inner)
    {
        ArgumentOutOfRangeException.ThrowIfZero(diagnostics.Count);
        Diagnostics = diagnostics;
    }

    /// <summary>A mistake that has no place in a text file.</summary>
    public CnnException(string message, string? hint = null, Exception? inner = null)
        : this(new Diagnostic(message, Hint: hint), inner)
    {
    }

    /// <summary>What is wrong, one entry a mistake.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <summary>
    /// Whether nothing that the user gave is wrong and the machine failed instead, as when a disk is full: the command then
    /// ends with the exit code of a failed run.
    /// </summary>
    public bool IsOfTheMachine { get; init; }

    /// <summary>The same mistakes with the file named that they are in, for files without lines.</summary>
    public CnnException In(string path) => new(
        [.. Diagnostics.Select(d => d.Location is null && !d.Message.StartsWith(path, StringComparison.Ordinal)
            ? d with { Message = $"{path}: {d.Message}" } : d)],
        this)
    {
        IsOfTheMachine = IsOfTheMachine,
    };
}
