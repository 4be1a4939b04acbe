using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Cnn.Proto;

namespace Cnn.Layers.Threading;

/// <summary>
/// A fixed set of threads that run the parts of one job at a time, with a barrier that costs about a microsecond. The
/// calling thread works too, as worker 0, and never waits for a worker that has not begun a part. Each worker begins
/// with its own stretch of the parts, the same for every job with as many parts, so that a layer finds in the worker's
/// caches what the layer before it left there; then it takes parts that others have not begun. The pool also holds each
/// worker's scratch memory.
/// </summary>
/// <remarks>
/// One thread at a time drives a pool. A second thread that starts a job meanwhile gets an error: it would have to wait
/// for the whole job of the other, and kernels that keep values in scratch memory from one job to the next would read
/// each other's values. <see cref="Enter"/> holds a pool for a sequence of such jobs.
/// </remarks>
public sealed unsafe class WorkerPool : IWorkerTask, IDisposable
{
    /// <summary>The maximum number of threads of a pool.</summary>
    public const int MaxThreads = 1024;

    [ThreadStatic]
    private static WorkerPool? current;

    [ThreadStatic]
    private static int currentWorker;

    private readonly IWorkerThreads threads;
    private readonly bool isHosted;
    private readonly int spins;
    private readonly ScratchMemory[] scratch;
    private readonly Stretch[] stretches;
    private Shared state;
    private ExceptionDispatchInfo? fault;
    private volatile bool isDisposed;

    /// <summary>Creates a pool with its own threads, which end with it.</summary>
    /// <param name="threadCount">
    /// The number of threads, including the caller's, up to <see cref="MaxThreads"/>; 0 for one per core.
    /// </param>
    /// <exception cref="CnnException">There cannot be this many threads; none is left running.</exception>
    public WorkerPool(int threadCount = 0)
        : this(
            new SpinningThreads(Checked(
                threadCount == 0 ? Math.Min(Environment.ProcessorCount, MaxThreads) : threadCount)),
            isHosted: false)
    {
    }

    /// <summary>
    /// Creates a pool over the threads of a host program, which keep running when the pool is disposed.
    /// </summary>
    /// <param name="threads">The threads. Several pools may share them if they serve several callers at once.</param>
    /// <exception cref="CnnException">Their number is not from 1 to <see cref="MaxThreads"/>.</exception>
    public WorkerPool(IWorkerThreads threads)
        : this(threads, isHosted: true)
    {
    }

    private WorkerPool(IWorkerThreads threads, bool isHosted)
    {
        (this.threads, this.isHosted) = (threads, isHosted);
        ThreadCount = Checked(threads.Count);
        spins = SpinningThreads.Spins(ThreadCount);
        scratch = new ScratchMemory[ThreadCount];
        for (int i = 0; i < scratch.Length; i++)
        {
            scratch[i] = new ScratchMemory();
        }

        stretches = new Stretch[ThreadCount];
    }

    /// <summary>The number of threads, including the caller's.</summary>
    public int ThreadCount { get; }

    /// <summary>Whether the calling thread is running a part of a job of this pool.</summary>
    internal bool IsInPart => ReferenceEquals(current, this);

    /// <summary>
    /// Returns scratch memory of one worker for one purpose, on a 64-byte boundary and not cleared. It grows as needed
    /// and is then kept. It is valid until the same worker asks for more in the same slot. Outside a job, use worker 0.
    /// </summary>
    /// <param name="worker">The worker, as given to <see cref="IParallelJob.Run"/>.</param>
    /// <param name="slot">The purpose.</param>
    /// <param name="floats">How many floats.</param>
    public float* Scratch(int worker, ScratchSlot slot, long floats) => scratch[worker].Get(slot, floats);

    /// <summary>
    /// Claims the pool for this thread until the lease is disposed, for a sequence of jobs between which scratch memory
    /// must be preserved. The thread may enter again and start jobs meanwhile.
    /// </summary>
    /// <exception cref="CnnException">Another thread drives the pool, or it is disposed.</exception>
    public PoolLease Enter()
    {
        if (IsInPart)
        {
            // Within a part, the job holds the pool.
            return default;
        }

        Claim();
        return new PoolLease(this);
    }

    /// <summary>
    /// Runs parts 0 to <paramref name="count"/> - 1 and returns when all are done. A job started from within a part
    /// runs only on that part's worker. An exception of a part is rethrown here; the other parts may have run.
    /// </summary>
    /// <exception cref="CnnException">Another thread drives the pool, or it is disposed.</exception>
    public void Run<T>(int count, ref T work)
        where T : struct, IParallelJob
    {
        if (IsInPart)
        {
            RunHere(count, ref work, currentWorker);
            return;
        }

        Claim();
        var (outer, outerWorker) = (current, currentWorker);
        (current, currentWorker) = (this, 0);
        try
        {
            if (count <= 1 || stretches.Length == 1)
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
            Leave();
        }
    }

    /// <summary>Ends the pool's own threads; a host's threads keep running. The pool accepts no more jobs.</summary>
    /// <exception cref="CnnException">
    /// A part of the pool's own job disposes it, or another thread drives it.
    /// </exception>
    public void Dispose()
    {
        if (isDisposed)
        {
            return;
        }

        if (IsInPart)
        {
            throw new CnnException("a part of a job disposes the pool that runs it", "dispose it when the job is done");
        }

        Claim();
        isDisposed = true;
        Leave();
        if (!isHosted)
        {
            ((SpinningThreads)threads).Dispose();
        }
    }

    /// <inheritdoc/>
    bool IWorkerTask.HasWork(int worker) => (uint)Volatile.Read(ref stretches[worker].Ticket) != 0;

    /// <inheritdoc/>
    void IWorkerTask.Run(int worker)
    {
        if (isHosted)
        {
            TryRunHosted(worker);
            return;
        }

        if (!IsInPart)
        {
            // One of the pool's own threads, which never works for another pool.
            (current, currentWorker) = (this, worker);
        }

        TakeParts(worker);
    }

    /// <summary>Releases one claim of this thread, if it has any.</summary>
    internal void Leave()
    {
        if (Volatile.Read(ref state.Owner) == Environment.CurrentManagedThreadId && --state.Claims == 0)
        {
            Volatile.Write(ref state.Owner, 0);
        }
    }

    private static int Checked(int count) => count is >= 1 and <= MaxThreads
        ? count
        : throw new CnnException($"a pool cannot have {count} threads", $"it has from 1 to {MaxThreads}");

    private static void RunHere<T>(int count, ref T work, int worker)
        where T : struct, IParallelJob
    {
        for (int i = 0; i < count; i++)
        {
            work.Run(i, worker);
        }
    }

    private static void Invoke<T>(void* work, int part, int worker)
        where T : struct, IParallelJob => Unsafe.AsRef<T>(work).Run(part, worker);

    private void Claim()
    {
        // No other thread writes this thread's id.
        int me = Environment.CurrentManagedThreadId;
        if (Volatile.Read(ref state.Owner) != me && Interlocked.CompareExchange(ref state.Owner, me, 0) != 0)
        {
            throw new CnnException(
                "two threads use one pool at the same time, and the values of one would be overwritten by the other's",
                "give each thread a pool of its own");
        }

        state.Claims++;
        if (isDisposed)
        {
            Leave();
            throw new CnnException("the pool has been disposed", "dispose it after everything that computes with it");
        }
    }

    private void RunOnAll<T>(int count, ref T work)
        where T : struct, IParallelJob
    {
        fixed (byte* pinned = &Unsafe.As<T, byte>(ref work))
        {
            state.Run = &Invoke<T>;
            state.Job = pinned;
            state.Done = 0;
            uint number = ++state.Number;
            for (int worker = 0; worker < stretches.Length; worker++)
            {
                stretches[worker].Publish(number, FirstPart(worker, count), FirstPart(worker + 1, count));
            }

            try
            {
                threads.Run(this);
            }
            finally
            {
                // Whatever a host does, no part may still be running when the job's memory is unpinned.
                if (isHosted)
                {
                    RunRemaining();
                }

                AwaitOthers(count);
            }
        }

        if (fault is { } thrown)
        {
            fault = null;
            thrown.Throw();
        }
    }

    // The first worker's stretch is never empty.
    private int FirstPart(int worker, int count) =>
        (int)((((long)worker * count) + stretches.Length - 1) / stretches.Length);

    private void RunRemaining()
    {
        var spinner = default(SpinWait);
        while (!TryRunHosted(0))
        {
            spinner.SpinOnce();
        }
    }

    // A host may call late, twice at once, or from within another job.
    private bool TryRunHosted(int worker)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(worker);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(worker, stretches.Length);
        if (Interlocked.Exchange(ref stretches[worker].IsBusy, 1) != 0)
        {
            return false;
        }

        var (outer, outerWorker) = (current, currentWorker);
        (current, currentWorker) = (this, worker);
        try
        {
            TakeParts(worker);
            return true;
        }
        finally
        {
            (current, currentWorker) = (outer, outerWorker);
            Volatile.Write(ref stretches[worker].IsBusy, 0);
        }
    }

    private void TakeParts(int worker) =>
        TakeParts(worker, (uint)(Volatile.Read(ref stretches[worker].Ticket) >>> 32));

    // Takes parts of the given job only: in the next job, a worker begins with its own stretch again.
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
            // The job's fields are read between the ticket and its exchange: if the exchange succeeds, they are this
            // job's, since a job cannot end before all of its parts have begun.
            long ticket = Volatile.Read(ref stretch.Ticket);
            uint left = (uint)ticket;
            if (left == 0 || (uint)(ticket >>> 32) != ofJob)
            {
                return;
            }

            delegate*<void*, int, int, void> call = state.Run;
            void* with = state.Job;
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

            Interlocked.Increment(ref state.Done);
        }
    }

    private void AwaitOthers(int count)
    {
        var spinner = default(SpinWait);
        int waited = 0;
        while (Volatile.Read(ref state.Done) != count)
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

    // Lies on cache lines of its own, as does each stretch: idle workers read the pool's other fields all the time.
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Shared
    {
        // The id of the thread that drives the pool, 0 for none, and the number of its claims.
        [FieldOffset(128)]
        public int Owner;

        [FieldOffset(132)]
        public int Claims;

        [FieldOffset(136)]
        public uint Number;

        [FieldOffset(144)]
        public delegate*<void*, int, int, void> Run;

        [FieldOffset(152)]
        public void* Job;

        // The number of parts that are done; every worker writes it.
        [FieldOffset(256)]
        public int Done;
    }

    // Parts that one worker takes before others do. The ticket holds the job's number in its upper half and the number
    // of parts not yet begun in its lower half; it is published last.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Stretch
    {
        [FieldOffset(64)]
        public long Ticket;

        [FieldOffset(72)]
        public int End;

        [FieldOffset(76)]
        public int IsBusy;

        public void Publish(uint job, int start, int end)
        {
            End = end;
            Volatile.Write(ref Ticket, ((long)job << 32) | (uint)(end - start));
        }
    }
}
