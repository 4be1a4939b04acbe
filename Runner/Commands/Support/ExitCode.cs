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
}
