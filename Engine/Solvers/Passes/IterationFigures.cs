using System.Runtime.InteropServices;
using Cnn.Engine.Distributed;
using Cnn.Engine.Graph;
using Cnn.Layers;

namespace Cnn.Engine.Solvers.Passes;

/// <summary>
/// What the processes tell each other of an iteration besides gradients: the losses of its passes, what running
/// statistics measured in each, and requests to stop or to write a snapshot.
/// </summary>
internal sealed class IterationFigures : IDisposable
{
    private readonly ProcessGroup group;
    private readonly IRunningStatistics[] statistics;
    private readonly int passes;
    private readonly GatherOperation gather;
    private readonly int measures;
    private readonly float[] mine;
    private readonly float[] losses;

    /// <summary>Creates it; forward passes of the net leave running statistics to it from then on.</summary>
    /// <param name="net">The training net.</param>
    /// <param name="block">The passes of this process.</param>
    /// <param name="group">The processes.</param>
    public IterationFigures(Net net, PassBlock block, ProcessGroup group)
    {
        (this.group, passes) = (group, block.Passes);
        gather = new GatherOperation(group.Rank, group.Size);
        statistics = [.. net.Layers.Select(l => l.Layer).OfType<IRunningStatistics>().Where(s => s.MeasureCount > 0)];
        measures = statistics.Sum(s => s.MeasureCount);
        mine = new float[1 + (block.Count * (1 + measures))];
        losses = new float[passes];
        Array.ForEach(statistics, s => s.LeavesStatistics = true);
    }

    /// <summary>The losses of all passes, after <see cref="Receive"/>.</summary>
    public ReadOnlySpan<float> Losses => losses;

    /// <summary>
    /// Returns whether this process answers for a sum of losses that is not finite: one of its passes has such a loss,
    /// or it is the root and none has.
    /// </summary>
    public bool HasFault(PassBlock block) =>
        IsFault(Losses.Slice(block.First, block.Count)) || (group.IsRoot && !IsFault(Losses));

    /// <summary>Keeps the figures of a pass that has just run forward.</summary>
    /// <param name="number">Its number among those of this process in the iteration.</param>
    /// <param name="loss">Its loss.</param>
    public void Keep(int number, float loss)
    {
        int at = 1 + (number * (1 + measures));
        mine[at++] = loss;
        foreach (IRunningStatistics layer in statistics)
        {
            layer.Measured(mine.AsSpan(at, layer.MeasureCount));
            at += layer.MeasureCount;
        }
    }

    /// <summary>Sends the figures to the other processes.</summary>
    /// <param name="requests">What this process asks of all.</param>
    public void Send(GroupRequests requests)
    {
        mine[0] = (float)requests;
        gather.Give(MemoryMarshal.AsBytes(mine.AsSpan()));
        group.Post(gather);
    }

    /// <summary>
    /// Waits for the figures of all processes and adds the measures of all passes to the statistics, in the order of
    /// passes.
    /// </summary>
    /// <returns>What any process asks of all.</returns>
    public GroupRequests Receive()
    {
        group.Await(gather);
        var requests = GroupRequests.None;
        for (int rank = group.Size - 1; rank >= 0; rank--)
        {
            ReadOnlySpan<float> figures = MemoryMarshal.Cast<byte, float>(gather.Of(rank));
            requests |= (GroupRequests)figures[0];
            figures = figures[1..];
            PassBlock block = PassBlock.Of(passes, rank, group.Size);
            for (int i = 0; i < block.Count; i++)
            {
                losses[block.First + i] = figures[0];
                figures = figures[1..];
                foreach (IRunningStatistics layer in statistics)
                {
                    layer.AddMeasure(figures[..layer.MeasureCount]);
                    figures = figures[layer.MeasureCount..];
                }
            }
        }

        return requests;
    }

    /// <summary>
    /// Adds what the last forward pass measured, which every process has run, to the statistics of each.
    /// </summary>
    public void AddOwn()
    {
        Span<float> measure = mine.AsSpan(1);
        foreach (IRunningStatistics layer in statistics)
        {
            layer.Measured(measure[..layer.MeasureCount]);
            layer.AddMeasure(measure[..layer.MeasureCount]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => gather.Dispose();

    private static bool IsFault(ReadOnlySpan<float> losses)
    {
        foreach (float loss in losses)
        {
            if (!float.IsFinite(loss))
            {
                return true;
            }
        }

        return false;
    }
}
