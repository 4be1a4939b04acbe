namespace Cnn.Runner.Commands.Support;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCode
{
    /// <summary>All done.</summary>
    public const int Done = 0;

    /// <summary>Bad input or usage.</summary>
    public const int BadInput = 1;

    /// <summary>It failed while running.</summary>
    public const int Failed = 2;

    /// <summary>Interrupted by a signal.</summary>
    public const int Interrupted = 130;
}
