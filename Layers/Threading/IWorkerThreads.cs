namespace Cnn.Layers.Threading;

/// <summary>
/// The threads that a <see cref="WorkerPool"/> computes with. A host program that has threads of its own (a game's job
/// system, a server's scheduler) implements this and passes it to <see cref="WorkerPool(IWorkerThreads)"/>. Without it
/// a pool starts threads of its own, which spin between jobs.
/// </summary>
/// <remarks>
/// Results are bit-identical whichever threads take part, and when. The guarantees of a pool hold however late they
/// are: it waits for the parts that were begun, and the thread that started a job runs those that nobody else begins.
/// </remarks>
public interface IWorkerThreads
{
    /// <summary>
    /// The number of workers, including the calling thread: from 1 to <see cref="WorkerPool.MaxThreads"/>. It is read
    /// once, when a pool is created.
    /// </summary>
    int Count { get; }

    /// <summary>
    /// Calls <c>task.Run(worker)</c> for the workers 0 to <see cref="Count"/> - 1: 0 on the calling thread, the others
    /// at the same time on other threads.
    /// </summary>
    /// <remarks>
    /// <para>
    /// It returns when the call for worker 0 has returned; it may wait for the others but need not. A call may come
    /// late, even after this method has returned, or not at all, which costs speed and nothing else.
    /// </para>
    /// <para>
    /// It is called once for every job, many thousand times a second, by whichever thread drives the pool, never twice
    /// at once by the same pool, and not for a job that is started within a part of another one: that runs on the
    /// part's thread. It should not allocate. What it throws reaches the caller of <see cref="WorkerPool.Run"/>, once
    /// the job is done.
    /// </para>
    /// </remarks>
    /// <param name="task">The parts of the job. A pool passes the same object each time.</param>
    void Run(IWorkerTask task);
}
