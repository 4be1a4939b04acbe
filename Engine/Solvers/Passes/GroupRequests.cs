namespace Cnn.Engine.Solvers.Passes;

/// <summary>What a process asks of all processes of its group.</summary>
[Flags]
internal enum GroupRequests
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>To stop after the iteration.</summary>
    Stop = 1,

    /// <summary>To write a snapshot after the iteration.</summary>
    Snapshot = 2,
}
