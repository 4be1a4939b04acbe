namespace Cnn.Engine.Runs;

/// <summary>Where a run stands.</summary>
public enum RunState
{
    /// <summary>It goes on.</summary>
    Running,

    /// <summary>It reached its end.</summary>
    Completed,

    /// <summary>It was stopped, and can go on from its last snapshot.</summary>
    Stopped,

    /// <summary>It ended with an error.</summary>
    Failed,

    /// <summary>Its process ended without a word.</summary>
    Killed,
}
