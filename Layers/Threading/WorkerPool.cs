using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Cnn.Layers.Threading;

/// <summary>
/// A fixed set of threads that run the parts of one job at a time, with a barrier that costs about a microsecond:
/// workers spin for a while between jobs before they sleep. The calling thread works too, as worker 0, and never waits
/// for a worker that has not begun a part. Each worker begins with a stretch of the parts of its own, the same of every job with as
/// many parts, so that what one layer leaves in its caches the next finds there; then it takes what others have not begun. Also
/// holds each worker's scratch memory.
/// </summary>
/// <remarks>
/// One thread at a time drives a pool: jobs from several threads take turns, but kernels that use scratch memory of the
/// caller across several jobs need the pool to themselves.
/// </remarks>
public sealed unsafe class WorkerPool : IDisposable
{
    // About 0.15 ms: longer than the serial stretches between the kernels of a training step, shorter than a time slice.
    private const int SpinsBeforeSleep = 4_000;

    [ThreadStatic]
    private static WorkerPool? current;

    [ThreadStatic]
    private static int currentWorker;

    private readonly Thread[] threads;
    private readonly Sleeper[] sleepers;
    private readonly ScratchMemory[] scratch;
    private readonly Stretch[] stretches;
    private readonly Lock gate = new();
    private readonly int spins;
    private Counter done;
    private uint number;
    private delegate*<void*, int, int, void> run;
    private void* job;
    private volatile bool stopping;
    private ExceptionDispatchInfo? fault;

    /// <summary>A pool.</summary>
    /// <param name="threadCount">Threads in all, the caller's included; 0 for one a core.</param>
    public WorkerPool(int threadCount = 0)
    {
        ThreadCount = threadCount > 0 ? threadCount : Environment.ProcessorCount;
        spins = ThreadCount <= Environment.ProcessorCount ? SpinsBeforeSleep : 0;
        scratch = new ScratchMemory[ThreadCount];
        for (int i = 0; i < scratch.Length; i++)
        {
            scratch[i] = new ScratchMemory();
        }

        stretches = new Stretch[ThreadCount];
        threads = new Thread[ThreadCount - 1];
        sleepers = new Sleeper[threads.Length];
        for (int i = 0; i < threads.Length; i++)
        {
            int worker = i + 1;
            sleepers[i] = new Sleeper();
            threads[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"cnn worker {worker}" };
        }

        foreach (Thread thread in threads)
        {
            thread.Start();
        }
    }

    /// <summary>Threads in all, the caller's included.</summary>
    public int ThreadCount { get; }

    /// <summary>
    /// Memory of one worker for one purpose, on a 64-byte boundary, with whatever was left in it; grows and is then
    /// kept. Valid until the same worker asks for more in the same slot. Outside a job use worker 0.
    /// </summary>
    /// <param name="worker">The worker, as given to <see cref="IParts.Run"/>.</param>
    /// <param name="slot">What it is for.</param>
    /// <param name="floats">How many floats.</param>
    public float* Scratch(int worker, ScratchSlot slot, long floats) => scratch[worker].Get(slot, floats);

    /// <summary>
    /// Runs parts 0 to <paramref name="count"/> - 1 and returns when all are done. A job started from within a part
    /// runs on that part's worker alone. An exception of a part is thrown again here; the other parts may have run.
    /// </summary>
    public void Run<T>(int count, ref T work)
        where T : struct, IParts
    {
        if (ReferenceEquals(current, this))
        {
            RunHere(count, ref work, currentWorker);
            return;
        }

        lock (gate)
        {
            var (outer, outerWorker) = (current, currentWorker);
            (current, currentWorker) = (this, 0);
            try
            {
                if (count <= 1 || threads.Length == 0)
                {
                    RunHere(count, ref work, 0);
                }
                else
                {
                    RunOnAll(count, ref work);
                }
            }
            finally
            {
                (current, currentWorker) = (outer, outerWorker);
            }
        }
    }

    /// <summary>Ends the threads; no job may be running.</summary>
    public void Dispose()
    {
        stopping = true;
        foreach (Sleeper sleeper in sleepers)
        {
            sleeper.Wake();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        foreach (Sleeper sleeper in sleepers)
        {
            sleeper.Dispose();
        }
    }

    private static void RunHere<T>(int count, ref T work, int worker)
        where T : struct, IParts
    {
        for (int i = 0; i < count; i++)
        {
            work.Run(i, worker);
        }
    }

    private static void Invoke<T>(void* work, int part, int worker)
        where T : struct, IParts => Unsafe.AsRef<T>(work).Run(part, worker);

    private void RunOnAll<T>(int count, ref T work)
        where T : struct, IParts
    {
        fixed (byte* pinned = &Unsafe.As<T, byte>(ref work))
        {
            run = &Invoke<T>;
            job = pinned;
            done.Value = 0;
            number++;
            for (int worker = 0; worker < stretches.Length; worker++)
            {
                int first = FirstPart(worker, count), end = FirstPart(worker + 1, count);
                stretches[worker].Publish(number, first, end);
                if (worker > 0 && first < end)
                {
                    sleepers[worker - 1].Wake();
                }
            }

            TakeParts(0, number);
            AwaitOthers(count);
        }

        if (fault is { } thrown)
        {
            fault = null;
            thrown.Throw();
        }
    }

    private void Work(int worker)
    {
        (current, currentWorker) = (this, worker);
        Sleeper sleeper = sleepers[worker - 1];
        int idle = 0;
        while (!stopping)
        {
            long ticket = Volatile.Read(ref stretches[worker].Ticket);
            if ((uint)ticket != 0)
            {
                TakeParts(worker, (uint)(ticket >>> 32));
                idle = 0;
            }
            else if (++idle < spins)
            {
                Thread.SpinWait(1);
            }
            else
            {
                sleeper.Announce();
                if ((uint)Volatile.Read(ref stretches[worker].Ticket) == 0 && !stopping)
                {
                    sleeper.Sleep();
                }

                sleeper.Withdraw();
                idle = 0;
            }
        }
    }

    // The first worker's stretch is never empty.
    private int FirstPart(int worker, int count) => (int)((((long)worker * count) + stretches.Length - 1) / stretches.Length);

    // Of the given job only: of the next one a worker is to begin with its own stretch again.
    private void TakeParts(int worker, uint ofJob)
    {
        for (int i = 0; i < stretches.Length; i++)
        {
            TakeParts(ref stretches[(worker + i) % stretches.Length], worker, ofJob);
        }
    }

    private void TakeParts(ref Stretch stretch, int worker, uint ofJob)
    {
        while (true)
        {
            // The job's fields are read between the ticket and its exchange: if that succeeds, they are this job's,
            // since it cannot have ended with a part not begun.
            long ticket = Volatile.Read(ref stretch.Ticket);
            uint left = (uint)ticket;
            if (left == 0 || (uint)(ticket >>> 32) != ofJob)
            {
                return;
            }

            delegate*<void*, int, int, void> call = run;
            void* with = job;
            int end = Volatile.Read(ref stretch.End);
            if (Interlocked.CompareExchange(ref stretch.Ticket, ticket - 1, ticket) != ticket)
            {
                continue;
            }

            try
            {
                call(with, end - (int)left, worker);
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref fault, ExceptionDispatchInfo.Capture(exception), null);
            }

            Interlocked.Increment(ref done.Value);
        }
    }

    private void AwaitOthers(int count)
    {
        var spinner = default(SpinWait);
        int waited = 0;
        while (Volatile.Read(ref done.Value) != count)
        {
            if (++waited < spins)
            {
                Thread.SpinWait(1);
            }
            else
            {
                spinner.SpinOnce(sleep1Threshold: -1);
            }
        }
    }

    // What several threads write lies on cache lines of its own, as does each stretch.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Counter
    {
        [FieldOffset(128)]
        public int Value;
    }

    // Parts that one worker takes before others do. The ticket holds the job's number above and the parts not yet begun below; it
    // is published last.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Stretch
    {
        [FieldOffset(64)]
        public long Ticket;

        [FieldOffset(72)]
        public int End;

        public void Publish(uint job, int start, int end)
        {
            End = end;
            Volatile.Write(ref Ticket, ((long)job << 32) | (uint)(end - start));
        }
    }
}
