using System.Runtime.ExceptionServices;

namespace Cnn.Runner.DataSets;

/// <summary>
/// Numbered items that several threads work on and whose results the calling thread takes in order, so that what it
/// makes of them is the same for any number of threads. Threads run ahead of it by a few items and no more.
/// </summary>
internal static class OrderedWork
{
    private const int ResultsAThread = 4;

    /// <summary>Works on the items from <paramref name="first"/> up to <paramref name="end"/>, which is none.</summary>
    /// <param name="first">The first item.</param>
    /// <param name="end">The item after the last.</param>
    /// <param name="threads">The number of threads; 0 for one per core.</param>
    /// <param name="createWorker">Makes what one thread works with.</param>
    /// <param name="createResult">
    /// Makes a place for the result of one item, on any thread; places are used again.
    /// </param>
    /// <param name="work">Works on an item, on any thread. What it throws is thrown when the item is taken.</param>
    /// <param name="take">Takes an item's result, on the calling thread.</param>
    /// <param name="cancel">Ends the work before the next item is taken.</param>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static void Run<TWorker, TResult>(
        long first,
        long end,
        int threads,
        Func<TWorker> createWorker,
        Func<TResult> createResult,
        Action<long, TWorker, TResult> work,
        Action<long, TResult> take,
        CancellationToken cancel)
        where TWorker : IDisposable
        where TResult : class
    {
        int count = (int)Math.Min(threads == 0 ? Environment.ProcessorCount : threads, Math.Max(1, end - first));
        if (count > 1)
        {
            RunOnThreads(first, end, count, createWorker, createResult, work, take, cancel);
            return;
        }

        using TWorker worker = createWorker();
        TResult result = createResult();
        for (long item = first; item < end; item++)
        {
            cancel.ThrowIfCancellationRequested();
            work(item, worker, result);
            take(item, result);
        }
    }

    private static void RunOnThreads<TWorker, TResult>(
        long first,
        long end,
        int count,
        Func<TWorker> createWorker,
        Func<TResult> createResult,
        Action<long, TWorker, TResult> work,
        Action<long, TResult> take,
        CancellationToken cancel)
        where TWorker : IDisposable
        where TResult : class
    {
        var queue = new Queue(first, end, count * ResultsAThread);
        var results = new TResult?[count * ResultsAThread];
        var workers = new List<TWorker>(count);
        var started = new List<Thread>(count);
        using CancellationTokenRegistration wake = cancel.Register(queue.Stop);
        try
        {
            for (int i = 0; i < count; i++)
            {
                TWorker worker = createWorker();
                workers.Add(worker);
                var thread = new Thread(() => Work(worker)) { IsBackground = true, Name = $"cnn data {i}" };
                thread.Start();
                started.Add(thread);
            }

            for (long item = first; item < end; item++)
            {
                queue.WaitFor(item);
                cancel.ThrowIfCancellationRequested();
                take(item, results[queue.SlotOf(item)]!);
                queue.Free(item);
            }
        }
        finally
        {
            queue.Stop();
            started.ForEach(thread => thread.Join());
            workers.ForEach(worker => worker.Dispose());
        }

        void Work(TWorker worker)
        {
            while (queue.Next() is { } item)
            {
                ExceptionDispatchInfo? fault = null;
                try
                {
                    work(item, worker, results[queue.SlotOf(item)] ??= createResult());
                }
                catch (Exception exception)
                {
                    fault = ExceptionDispatchInfo.Capture(exception);
                }

                queue.Done(item, fault);
            }
        }
    }

    // Hands out the items, as many ahead of the taker as there are slots.
    private sealed class Queue(long first, long end, int slots)
    {
        private readonly object gate = new();
        private readonly bool[] isDone = new bool[slots];
        private readonly ExceptionDispatchInfo?[] faults = new ExceptionDispatchInfo?[slots];
        private long next = first, free = first + slots;
        private bool isStopped;

        public int SlotOf(long item) => (int)(item % slots);

        public long? Next()
        {
            lock (gate)
            {
                while (!isStopped && next < end && next >= free)
                {
                    Monitor.Wait(gate);
                }

                return isStopped || next >= end ? null : next++;
            }
        }

        public void Done(long item, ExceptionDispatchInfo? fault)
        {
            lock (gate)
            {
                faults[SlotOf(item)] = fault;
                isDone[SlotOf(item)] = true;
                Monitor.PulseAll(gate);
            }
        }

        // Returns as soon as the item is done or the work is stopped.
        public void WaitFor(long item)
        {
            lock (gate)
            {
                while (!isStopped && !isDone[SlotOf(item)])
                {
                    Monitor.Wait(gate);
                }

                faults[SlotOf(item)]?.Throw();
            }
        }

        public void Free(long item)
        {
            lock (gate)
            {
                isDone[SlotOf(item)] = false;
                free++;
                Monitor.PulseAll(gate);
            }
        }

        public void Stop()
        {
            lock (gate)
            {
                isStopped = true;
                Monitor.PulseAll(gate);
            }
        }
    }
}
