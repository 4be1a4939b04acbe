using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Cnn.Layers.Kernels.Threading;

/// <summary>
/// A fixed set of threads that run the parts of one job at a time, with a barrier that costs about a microsecond:
/// workers spin for a while between jobs before they sleep. The calling thread works too, as worker 0.
/// </summary>
public sealed unsafe class WorkerPool : IDisposable
{
    private const int SpinsBeforeSleep = 20_000;

    private readonly Thread[] threads;
    private readonly ManualResetEventSlim[] wakeUps;
    private readonly object sleepLock = new();
    private delegate*<void*, int, int, void> run;
    private void* job;
    private int parts;
    private int next;
    private int working;
    private volatile int generation;
    private volatile bool stopping;
    private ExceptionDispatchInfo? fault;
    private bool busy;

    /// <summary>A pool.</summary>
    /// <param name="threadCount">Threads in all, the caller's included; 0 for one a core.</param>
    public WorkerPool(int threadCount = 0)
    {
        ThreadCount = threadCount > 0 ? threadCount : Environment.ProcessorCount;
        threads = new Thread[ThreadCount - 1];
        wakeUps = new ManualResetEventSlim[threads.Length];
        for (int i = 0; i < threads.Length; i++)
        {
            int worker = i + 1;
            wakeUps[i] = new ManualResetEventSlim(false, 0);
            threads[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"cnn worker {worker}" };
            threads[i].Start();
        }
    }

    /// <summary>Threads in all, the caller's included.</summary>
    public int ThreadCount { get; }

    /// <summary>
    /// Runs parts 0 to <paramref name="count"/> - 1 and returns when all are done. A job started from within a part
    /// runs on the calling worker alone. An exception of a part is thrown again here.
    /// </summary>
    public void Run<T>(int count, ref T work)
        where T : struct, IParts
    {
        if (count <= 1 || threads.Length == 0 || busy)
        {
            for (int i = 0; i < count; i++)
            {
                work.Run(i, 0);
            }

            return;
        }

        busy = true;
        run = &Invoke<T>;
        job = Unsafe.AsPointer(ref work);
        parts = count;
        next = 0;
        working = threads.Length;
        generation++;
        foreach (ManualResetEventSlim wakeUp in wakeUps)
        {
            wakeUp.Set();
        }

        TakeParts(0);
        SpinUntilDone();
        busy = false;
        if (fault is { } thrown)
        {
            fault = null;
            thrown.Throw();
        }
    }

    /// <summary>Ends the threads; no job may be running.</summary>
    public void Dispose()
    {
        stopping = true;
        foreach (ManualResetEventSlim wakeUp in wakeUps)
        {
            wakeUp.Set();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        foreach (ManualResetEventSlim wakeUp in wakeUps)
        {
            wakeUp.Dispose();
        }
    }

    private static void Invoke<T>(void* work, int part, int worker)
        where T : struct, IParts => Unsafe.AsRef<T>(work).Run(part, worker);

    private void Work(int worker)
    {
        int seen = 0;
        while (true)
        {
            int spins = 0;
            while (generation == seen && !stopping)
            {
                if (++spins < SpinsBeforeSleep)
                {
                    Thread.SpinWait(4);
                }
                else
                {
                    wakeUps[worker - 1].Wait();
                    wakeUps[worker - 1].Reset();
                    spins = 0;
                }
            }

            if (stopping)
            {
                return;
            }

            seen = generation;
            TakeParts(worker);
            Interlocked.Decrement(ref working);
        }
    }

    private void TakeParts(int worker)
    {
        try
        {
            int part;
            while ((part = Interlocked.Increment(ref next) - 1) < parts)
            {
                run(job, part, worker);
            }
        }
        catch (Exception exception)
        {
            lock (sleepLock)
            {
                fault ??= ExceptionDispatchInfo.Capture(exception);
            }
        }
    }

    private void SpinUntilDone()
    {
        var spinner = default(SpinWait);
        int spins = 0;
        while (Volatile.Read(ref working) != 0)
        {
            if (++spins < SpinsBeforeSleep)
            {
                Thread.SpinWait(2);
            }
            else
            {
                spinner.SpinOnce();
            }
        }
    }
}
