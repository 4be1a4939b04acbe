namespace Cnn.Engine.Solvers;

/// <summary>Asks a running solver to stop or to write a snapshot, from any thread or signal handler.</summary>
public sealed class SolverControl
{
    private volatile bool stop;
    private volatile bool snapshot;

    /// <summary>Whether a stop was requested that no run has obeyed yet.</summary>
    public bool StopRequested => stop;

    /// <summary>
    /// Ends <see cref="Solver.Solve"/> after the current iteration, with a snapshot if the solver asks for one. A stop
    /// requested between two runs ends the next one before its first iteration.
    /// </summary>
    public void RequestStop() => stop = true;

    /// <summary>Writes a snapshot after the current iteration.</summary>
    public void RequestSnapshot() => snapshot = true;

    /// <summary>Clears the stop request, which the run has obeyed.</summary>
    internal void ForgetStop() => stop = false;

    /// <summary>Returns whether a snapshot was requested, and clears the request.</summary>
    internal bool TakeSnapshotRequest()
    {
        bool requested = snapshot;
        snapshot = false;
        return requested;
    }
}
