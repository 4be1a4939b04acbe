using Cnn.Proto;

namespace Cnn.Layers.Threading;

/// <summary>
/// The threads of a pool without a host: they spin for a while between jobs before they sleep, so that a job begins and
/// ends within about a microsecond.
/// </summary>
internal sealed class SpinningThreads : IWorkerThreads, IDisposable
{
    // About 0.15 ms: longer than the serial stretches between the kernels of a training step, shorter than a time
    // slice.
    private const int SpinsBeforeSleep = 4_000;

    private readonly Thread[] threads;
    private readonly Sleeper[] sleepers;
    private readonly int spins;
    private IWorkerTask? task;
    private volatile bool stopping;

    /// <summary>Starts the threads.</summary>
    /// <param name="count">The number of workers, including the calling thread; at least 1.</param>
    /// <param name="start">Starts a thread; null for <see cref="Thread.Start()"/>.</param>
    /// <exception cref="CnnException">
    /// The system gives fewer threads; those that had been started have ended.
    /// </exception>
    public SpinningThreads(int count, Action<Thread>? start = null)
    {
        Count = count;
        spins = Spins(count);
        sleepers = new Sleeper[count - 1];
        threads = new Thread[count - 1];
        for (int i = 0; i < threads.Length; i++)
        {
            int worker = i + 1;
            sleepers[i] = new Sleeper();
            threads[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"cnn worker {worker}" };
        }

        for (int i = 0; i < threads.Length; i++)
        {
            Start(i, start ?? (thread => thread.Start()));
        }
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>
    /// Returns how often a thread checks for work, or for the end of a job, before it gives up its core.
    /// </summary>
    public static int Spins(int count) => count <= Environment.ProcessorCount ? SpinsBeforeSleep : 0;

    /// <inheritdoc/>
    public void Run(IWorkerTask task)
    {
        if (!ReferenceEquals(this.task, task))
        {
            Volatile.Write(ref this.task, task);
        }

        for (int i = 0; i < sleepers.Length; i++)
        {
            if (task.HasWork(i + 1))
            {
                sleepers[i].Wake();
            }
        }

        task.Run(0);
    }

    /// <summary>Ends the threads, each after the part that it is running.</summary>
    public void Dispose() => End(threads.Length);

    private void Start(int index, Action<Thread> start)
    {
        try
        {
            start(threads[index]);
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            End(started: index);
            throw new CnnException(
                $"the system gives {index + 1} threads, not {Count}", "ask for fewer threads", exception);
        }
    }

    private void End(int started)
    {
        stopping = true;
        foreach (Sleeper sleeper in sleepers)
        {
            sleeper.Wake();
        }

        for (int i = 0; i < started; i++)
        {
            threads[i].Join();
        }

        foreach (Sleeper sleeper in sleepers)
        {
            sleeper.Dispose();
        }
    }

    private void Work(int worker)
    {
        Sleeper sleeper = sleepers[worker - 1];
        int idle = 0;
        while (!stopping)
        {
            if (Volatile.Read(ref task) is { } waiting && waiting.HasWork(worker))
            {
                waiting.Run(worker);
                idle = 0;
            }
            else if (++idle < spins)
            {
                Thread.SpinWait(1);
            }
            else
            {
                sleeper.Announce();
                if (Volatile.Read(ref task)?.HasWork(worker) != true && !stopping)
                {
                    sleeper.Sleep();
                }

                sleeper.Withdraw();
                idle = 0;
            }
        }
    }
}
