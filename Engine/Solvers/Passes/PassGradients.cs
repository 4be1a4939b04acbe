using System.Diagnostics;
using Cnn.Engine.Distributed;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Engine.Solvers.Passes;

/// <summary>
/// Adds the gradients of an iteration's passes in a fixed binary tree over the passes, so that the sum has the same
/// bits whichever processes compute them. Each pass computes its gradient alone; sums that wait for their neighbours
/// are kept in memory of their own, log2 of the passes at most. What other processes have is added while earlier layers
/// still run backward.
/// </summary>
internal sealed unsafe class PassGradients : IDisposable
{
    private readonly Net net;
    private readonly WorkerPool pool;
    private readonly ProcessGroup? group;
    private readonly PassBlock block;

    // By layer: the parameters whose gradients its backward pass completes, and the buckets.
    private readonly int[][] parameters;
    private readonly int[][] completed;
    private readonly GradientBucket[] buckets = [];
    private readonly BucketSum[] exchanges = [];

    // By pass of this process: how many waiting sums there are before it, and how many are added to it.
    private readonly (int Waiting, int Merges)[] plan;
    private readonly List<Blob[]> kept = [];
    private int pass;

    /// <summary>Prepares for a net.</summary>
    /// <param name="net">The training net.</param>
    /// <param name="block">The passes of this process.</param>
    /// <param name="group">The processes; null for one.</param>
    /// <param name="pool">The threads to add with.</param>
    public PassGradients(Net net, PassBlock block, ProcessGroup? group, WorkerPool pool)
    {
        (this.net, this.block, this.group, this.pool) = (net, block, group, pool);
        int[] layers = GradientBuckets.CompletingLayers(net);
        parameters = [.. Enumerable.Range(0, net.Layers.Count).Select(l => IndicesOf(layers, l))];
        plan = Plan(block);
        if (group is not null)
        {
            buckets = [.. GradientBuckets.Of(net)];
            exchanges = [.. buckets.Select(b => new BucketSum(b, block.Passes, group.Rank, group.Size))];
        }

        int[] ends = [.. buckets.Select(b => b.Layer)];
        completed = [.. Enumerable.Range(0, net.Layers.Count).Select(l => IndicesOf(ends, l))];
        LayerDone = TakeGradients;
    }

    /// <summary>
    /// Takes the gradients that a layer's backward pass completes, for <see cref="Net.LayerWentBackward"/>.
    /// </summary>
    public Action<int> LayerDone { get; }

    /// <summary>How long the training has waited for gradients of other processes so far.</summary>
    public TimeSpan Waited { get; private set; }

    private bool IsLastPass => pass == block.Count - 1;

    /// <summary>Begins a pass of this process; the gradients are zero then.</summary>
    /// <param name="number">Its number among those of this process in the iteration.</param>
    public void BeginPass(int number)
    {
        pass = number;
        net.ClearParameterDiffs();
    }

    /// <summary>Waits until the gradients are the sums over all passes.</summary>
    public void Complete()
    {
        if (group is null)
        {
            return;
        }

        long start = Stopwatch.GetTimestamp();
        foreach (BucketSum exchange in exchanges)
        {
            group.Await(exchange);
        }

        Waited += Stopwatch.GetElapsedTime(start);
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(exchanges, e => e.Dispose());

    private static int[] IndicesOf(int[] values, int value) =>
        [.. values.Index().Where(v => v.Item == value).Select(v => v.Index)];

    private static (int Waiting, int Merges)[] Plan(PassBlock block)
    {
        var stack = new PassStack(block.Passes);
        var plan = new (int Waiting, int Merges)[block.Count];
        for (int i = 0; i < plan.Length; i++)
        {
            plan[i] = (stack.Waiting.Count, stack.Push(new PassNode(0, block.First + i)));
        }

        return plan;
    }

    private void TakeGradients(int layer)
    {
        foreach (int parameter in parameters[layer])
        {
            Add(parameter);
        }

        if (IsLastPass)
        {
            foreach (int bucket in completed[layer])
            {
                Send(bucket);
            }
        }
    }

    private void Add(int parameter)
    {
        Blob blob = net.Learnable[parameter].Blob;
        var (waiting, merges) = plan[pass];
        for (; merges > 0; merges--)
        {
            SumKernel.AddTo(blob.DiffPointer, kept[--waiting][parameter].DiffPointer, blob.Count, pool);
        }

        if (!IsLastPass)
        {
            if (kept.Count == waiting)
            {
                kept.Add([.. net.Learnable.Select(p => new Blob(p.Blob.Shape))]);
            }

            blob.SwapDiff(kept[waiting][parameter]);
        }
    }

    private void Send(int bucket)
    {
        BucketSum exchange = exchanges[bucket];
        for (int piece = 0; piece < exchange.Pieces; piece++)
        {
            IReadOnlyList<GradientSegment> segments = buckets[bucket].Segments;
            for (int i = 0; i < segments.Count; i++)
            {
                int parameter = segments[i].Parameter;
                Blob sum = piece == exchange.Pieces - 1 ? net.Learnable[parameter].Blob : kept[piece][parameter];
                exchange.Set(piece, i, sum, segments[i].Offset);
            }
        }

        group!.Post(exchange);
    }
}
