namespace Cnn.Engine.Solvers;

/// <summary>Asks a running solver to stop or to write a snapshot; any thread may, a signal handler included.</summary>
public sealed class SolverControl
{
    private volatile bool stop;
    private volatile bool snapshot;

    /// <summary>Whether a stop was asked for that no run has obeyed yet.</summary>
    public bool StopRequested => stop;

    /// <summary>
    /// Ends <see cref="Solver.Solve"/> after the iteration that is under way, with a snapshot if the solver asks for
    /// one. A stop asked for between two runs ends the next one before its first iteration.
    /// </summary>
    public void RequestStop() => stop = true;

    /// <summary>Writes a snapshot after the iteration that is under way.</summary>
    public void RequestSnapshot() => snapshot = true;

    /// <summary>Forgets the stop, as the run has obeyed it and may go on.</summary>
    internal void ForgetStop() => stop = false;

    /// <summary>Whether a snapshot was asked for; forgets it.</summary>
    internal bool TakeSnapshotRequest()
    {
        bool requested = snapshot;
        snapshot = false;
        return requested;
    }
}
