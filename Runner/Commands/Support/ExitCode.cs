namespace Cnn.Runner.Commands.Support;

/// <summary>The exit codes of the process.</summary>
internal static class ExitCode
{
    /// <summary>Success.</summary>
    public const int Done = 0;

    /// <summary>Bad input or usage.</summary>
    public const int BadInput = 1;

    /// <summary>A failure while running.</summary>
    public const int Failed = 2;

    /// <summary>Interrupted by a signal.</summary>
    public const int Interrupted = 130;

    /// <summary>The codes and what they mean, for the help and the manual.</summary>
    public static IReadOnlyList<(int Code, string Meaning)> Meanings { get; } =
    [
        (Done, "done"),
        (BadInput, "bad input or usage"),
        (Failed, "failed while running"),
        (Interrupted, "interrupted, after the snapshot that the solver asks for"),
    ];
}
