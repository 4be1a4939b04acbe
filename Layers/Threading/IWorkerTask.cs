namespace Cnn.Layers.Threading;

/// <summary>What the threads behind a pool are given to do: the parts of one job after another.</summary>
public interface IWorkerTask
{
    /// <summary>
    /// Whether parts are set aside for a worker that it has not begun. One read, for threads that spin between jobs and
    /// for not waking those that have nothing to do.
    /// </summary>
    /// <param name="worker">The worker, from 0.</param>
    bool HasWork(int worker);

    /// <summary>
    /// Runs parts of the current job until none is left to begin, and returns at once where there is no job. Never
    /// throws what a part threw: that reaches whoever started the job.
    /// </summary>
    /// <param name="worker">
    /// The worker, from 0. A second call for a worker whose first has not returned does nothing.
    /// </param>
    void Run(int worker);
}
