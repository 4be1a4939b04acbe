using System.Runtime.ExceptionServices;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Distributed;

/// <summary>
/// Runs a net over a number of batches and hands over what it computes, in the order of the batches. The processes of a
/// group share the batches out: in each round every process runs one, and then all are handed all of the round. So each
/// is handed what one process alone would have computed.
/// </summary>
/// <remarks>
/// A net whose passes depend on those before them cannot be shared out: every process runs all of its batches. The same
/// holds for a net that logs what it computes, for the log is that of rank 0.
/// </remarks>
internal sealed class BatchRun
{
    private readonly Net net;
    private readonly Blob[] blobs;
    private readonly ProcessGroup? processes;
    private long firstPass;
    private ExceptionDispatchInfo? fault;

    /// <summary>Prepares a run; the processes of a group do it alike.</summary>
    /// <param name="net">The net.</param>
    /// <param name="blobs">The blobs to hand over, by name.</param>
    /// <param name="processes">The processes; null where this one is alone.</param>
    /// <exception cref="CnnException">
    /// The net has no blob of a name, or writes files, which several processes cannot do at once.
    /// </exception>
    public BatchRun(Net net, IEnumerable<string> blobs, ProcessGroup? processes)
    {
        this.net = net;
        BlobNames = [.. blobs];
        this.blobs = [.. BlobNames.Select(net.FindBlob)];
        this.processes = processes is { Size: > 1 } ? processes : null;
        RequireNoFiles(net, processes);
        IsShared = this.processes is not null && !net.DebugInfo && !net.Layers.Any(l => NeedsAllPasses(l.Layer));
    }

    /// <summary>The names of the blobs that are handed over.</summary>
    public IReadOnlyList<string> BlobNames { get; }

    /// <summary>Whether this process runs some of the batches only.</summary>
    public bool IsShared { get; }

    /// <summary>Called after each batch that this process runs itself, with its index.</summary>
    public Action<int>? Ran { get; init; }

    /// <summary>
    /// Called before each batch, in a group before each round, with how many batches are done; true ends the run. Where
    /// one process of a group ends it, all do.
    /// </summary>
    public Func<int, bool>? GoesNoFurther { get; init; }

    /// <summary>Checks that several processes can run a net.</summary>
    /// <exception cref="CnnException">The net writes files, which several processes cannot do at once.</exception>
    public static void RequireNoFiles(Net net, ProcessGroup? processes)
    {
        if (processes is { Size: > 1 } && net.Layers.FirstOrDefault(l => l.Layer.WritesFiles) is { } writer)
        {
            throw writer.Layer.Context.Error(
                FormattableString.Invariant(
                    $"each of {processes.Size} processes would write the file of a {writer.Type} layer"),
                "run this net in one process");
        }
    }

    /// <summary>Runs the batches. An error in one process of a group is thrown in all of them.</summary>
    /// <param name="firstPass">The pass of the first batch.</param>
    /// <param name="batches">The number of batches.</param>
    /// <param name="take">Is handed each batch; called in every process.</param>
    /// <returns>Whether all batches have run.</returns>
    public bool Run(long firstPass, int batches, Action<NetBatch> take)
    {
        net.Clock.Pass = this.firstPass = firstPass;
        if (processes is not null)
        {
            return RunTogether(processes, batches, take);
        }

        for (int i = 0; i < batches; i++)
        {
            if (GoesNoFurther?.Invoke(i) == true)
            {
                return false;
            }

            RunHere(i, take);
        }

        return true;
    }

    // A solver adds the measures of training passes in order; nobody does that for those of a test.
    private static bool NeedsAllPasses(Layer layer) =>
        layer.DependsOnEarlierPasses || layer is IRunningStatistics { MeasureCount: > 0 };

    private void RunHere(int batch, Action<NetBatch> take)
    {
        float loss = net.Forward();
        Ran?.Invoke(batch);
        take(new NetBatch(batch, loss, blobs));
    }

    private bool RunTogether(ProcessGroup group, int batches, Action<NetBatch> take)
    {
        var message = new BatchMessage(blobs.Length);
        bool isWhole = true;
        int whole = 0;

        // A process runs the same passes in every test of a run, so what it has loaded ahead is right for the next one.
        net.Clock.Share = IsShared ? new PassShare(group.Size, group.Rank, 1) : PassShare.All;
        for (int done = 0; done < batches && isWhole; done += group.Size)
        {
            int end = Math.Min(done + group.Size, batches);
            byte[][] round = group.Gather(Compute(message, group, done, end));
            isWhole = !Array.Exists(round, BatchMessage.IsStop);
            if (isWhole)
            {
                Take(message, round, done, end, take);
                whole = end;
            }
        }

        // The clocks of all processes stand alike, for what comes next.
        net.Clock.Share = PassShare.All;
        net.Clock.Pass = firstPass + whole;
        ExceptionDispatchInfo? mine = fault;
        fault = null;
        group.Together(() => mine?.Throw());
        return isWhole;
    }

    // Runs this process's batch of a round and returns what to tell the others.
    private ReadOnlySpan<byte> Compute(BatchMessage message, ProcessGroup group, int done, int end)
    {
        try
        {
            if (fault is not null || GoesNoFurther?.Invoke(done) == true)
            {
                return BatchMessage.Stop;
            }

            for (int batch = done; batch < end && IsShared; batch++)
            {
                if (RankOf(batch, group.Size) == group.Rank)
                {
                    net.Clock.Pass = firstPass + batch;
                    float loss = net.Forward();
                    Ran?.Invoke(batch);
                    return message.Write(loss, blobs);
                }
            }

            return [];
        }
        catch (Exception exception)
        {
            fault = ExceptionDispatchInfo.Capture(exception);
            return BatchMessage.Stop;
        }
    }

    // An error is told in the next round, or at the end.
    private void Take(BatchMessage message, byte[][] round, int done, int end, Action<NetBatch> take)
    {
        try
        {
            for (int batch = done; batch < end; batch++)
            {
                if (IsShared)
                {
                    float loss = message.Read(round[RankOf(batch, round.Length)]);
                    take(new NetBatch(batch, loss, message.Blobs));
                }
                else
                {
                    RunHere(batch, take);
                }
            }
        }
        catch (Exception exception)
        {
            fault = ExceptionDispatchInfo.Capture(exception);
        }
    }

    private int RankOf(int batch, int size) => (int)((firstPass + batch) % size);
}
