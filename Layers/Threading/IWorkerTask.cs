namespace Cnn.Layers.Threading;

/// <summary>The work of the threads behind a pool: the parts of one job after another.</summary>
public interface IWorkerTask
{
    /// <summary>
    /// Whether a worker has parts set aside for it that it has not begun. It costs one read: for threads that spin
    /// between jobs, and to avoid waking those that have nothing to do.
    /// </summary>
    /// <param name="worker">The worker, from 0.</param>
    bool HasWork(int worker);

    /// <summary>
    /// Runs parts of the current job until all have begun, and returns at once if there is no job. It does not throw
    /// the exceptions of parts: they reach the thread that started the job.
    /// </summary>
    /// <param name="worker">
    /// The worker, from 0. A second call for a worker does nothing while the first has not returned.
    /// </param>
    void Run(int worker);
}
