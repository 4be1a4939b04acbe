using System.Runtime.ExceptionServices;

namespace Cnn.Layers.Data;

/// <summary>
/// Loads the batches of the next passes that the net runs on its own threads while the net computes. A batch is a
/// function of its pass alone, so the threads change when it is loaded and never what is in it. At most a given number
/// of batches are loaded ahead, whose buffers are used again.
/// </summary>
internal sealed class BatchQueue : IDisposable
{
    // Pieces of a batch per thread, so that a thread with large images does not keep the others waiting.
    private const int PiecesAThread = 4;

    private readonly ImageSourceLayer source;
    private readonly Slot[] ring;
    private readonly Thread[] threads;
    private readonly object gate = new();
    private readonly int piece;

    // The passes in the order in which they are loaded: any one, then those of a share that come after it.
    private long first;
    private PassShare share;

    // The places in that order of the pass that the net takes or has taken last, and of the first one that nobody has
    // begun to load.
    private long head;
    private long next;
    private int working;
    private bool isPaused;
    private bool isStopped;

    /// <summary>Starts the threads.</summary>
    /// <param name="source">Whose batches are loaded.</param>
    /// <param name="ahead">How many batches are loaded ahead of the net.</param>
    /// <param name="threadCount">How many threads load them.</param>
    /// <param name="pass">The first pass.</param>
    /// <param name="share">The passes that the net runs after it.</param>
    public BatchQueue(ImageSourceLayer source, int ahead, int threadCount, long pass, PassShare share)
    {
        this.source = source;
        piece = Math.Max(1, source.Batch / (threadCount * PiecesAThread));
        (first, this.share) = (pass, share);

        // The batch that the net has taken keeps its buffers until the net takes the next one.
        ring = [.. Enumerable.Range(0, ahead + 1).Select(_ => new Slot())];
        threads = [.. Enumerable.Range(0, threadCount).Select(worker => new Thread(() => Work(worker))
        {
            IsBackground = true,
            Name = $"data '{source.Name}' {worker}",
        })];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }
    }

    /// <summary>
    /// Returns the batch of a pass, when it is loaded. It stays as it is until the batch of another pass is taken. A
    /// pass other than the next one of the share, or another share, drops what was loaded ahead.
    /// </summary>
    /// <param name="pass">The pass, of the share or not.</param>
    /// <param name="passes">The passes that the net runs after it.</param>
    /// <exception cref="Exception">An image cannot be loaded; see <see cref="ImageBatch.Fault"/>.</exception>
    public ImageBatch Take(long pass, PassShare passes)
    {
        lock (gate)
        {
            if (passes == share && pass == PassAt(head + 1) && next > head)
            {
                SlotOf(head++).IsBegun = false;
                Monitor.PulseAll(gate);
            }
            else if (passes != share || pass != PassAt(head))
            {
                Restart(pass, passes);
            }

            Slot slot = SlotOf(head);
            while (!slot.IsBegun || slot.Left > 0)
            {
                Monitor.Wait(gate);
            }

            if (slot.Batch.Fault is { } fault)
            {
                ExceptionDispatchInfo.Throw(fault);
            }

            return slot.Batch;
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isStopped = true;
            Monitor.PulseAll(gate);
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }
    }

    private long PassAt(long place) => place == 0 ? first : share.PassOf(share.NumberFrom(first + 1) + place - 1);

    private Slot SlotOf(long place) => ring[place % ring.Length];

    private void Restart(long pass, PassShare passes)
    {
        isPaused = true;
        while (working > 0)
        {
            Monitor.Wait(gate);
        }

        foreach (Slot slot in ring)
        {
            slot.IsBegun = false;
        }

        (first, share) = (pass, passes);
        head = next = 0;
        isPaused = false;
        Monitor.PulseAll(gate);
    }

    private void Work(int worker)
    {
        while (TryClaim(out Slot slot, out int start, out int end))
        {
            int done = end - start;
            if (start < 0)
            {
                source.Prepare(slot.Batch, worker);
                done = slot.Batch.Fault is null ? 0 : source.Batch;
            }
            else
            {
                source.LoadPart(slot.Batch, start, end, worker);
            }

            lock (gate)
            {
                working--;
                slot.Left -= done;
                if (start < 0)
                {
                    slot.Unclaimed = slot.Left;
                }

                if (slot.Left == 0 || start < 0 || isPaused)
                {
                    Monitor.PulseAll(gate);
                }
            }
        }
    }

    // Claims images of a batch that is being loaded; or a batch that nobody has begun, to prepare it (start is -1).
    private bool TryClaim(out Slot slot, out int start, out int end)
    {
        lock (gate)
        {
            while (!isStopped)
            {
                if (!isPaused
                    && (TryClaimImages(out slot, out start, out end) || TryBegin(out slot, out start, out end)))
                {
                    working++;
                    return true;
                }

                Monitor.Wait(gate);
            }
        }

        (slot, start, end) = (ring[0], 0, 0);
        return false;
    }

    private bool TryClaimImages(out Slot slot, out int start, out int end)
    {
        for (long place = head; place < next; place++)
        {
            slot = SlotOf(place);
            if (slot.Unclaimed > 0)
            {
                start = source.Batch - slot.Unclaimed;
                end = Math.Min(start + piece, source.Batch);
                slot.Unclaimed -= end - start;
                return true;
            }
        }

        (slot, start, end) = (ring[0], 0, 0);
        return false;
    }

    private bool TryBegin(out Slot slot, out int start, out int end)
    {
        (start, end) = (-1, -1);
        slot = SlotOf(next);
        if (next - head >= ring.Length)
        {
            return false;
        }

        slot.Batch.Begin(PassAt(next++));
        (slot.IsBegun, slot.Left, slot.Unclaimed) = (true, source.Batch, 0);
        return true;
    }

    private sealed class Slot
    {
        public ImageBatch Batch { get; } = new();

        public bool IsBegun { get; set; }

        // Images that are not loaded yet, and those that no thread has begun.
        public int Left { get; set; }

        public int Unclaimed { get; set; }
    }
}
