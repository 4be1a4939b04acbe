namespace Cnn.Engine.Solvers;

/// <summary>Asks a running solver to stop or to write a snapshot; any thread may, a signal handler included.</summary>
public sealed class SolverControl
{
    private volatile bool stop;
    private volatile bool snapshot;

    /// <summary>Whether a stop was asked for.</summary>
    public bool StopRequested => stop;

    /// <summary>Ends the run after the iteration that is under way, with a snapshot if the solver asks for one.</summary>
    public void RequestStop() => stop = true;

    /// <summary>Writes a snapshot after the iteration that is under way.</summary>
    public void RequestSnapshot() => snapshot = true;

    internal bool TakeSnapshotRequest()
    {
        bool requested = snapshot;
        snapshot = false;
        return requested;
    }
}
