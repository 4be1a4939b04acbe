using Cnn.Layers;

namespace Cnn.Engine.Solvers.Passes;

/// <summary>The passes of an iteration that one process computes: as many for each, side by side.</summary>
/// <param name="Passes">The passes of an iteration.</param>
/// <param name="First">The first of them that is the process's.</param>
/// <param name="Count">How many are.</param>
internal readonly record struct PassBlock(int Passes, int First, int Count)
{
    /// <summary>
    /// Returns the passes of a rank. Rank 0 has the last ones, so that its net holds what the iteration's last pass
    /// has computed, as that of a process of its own does.
    /// </summary>
    /// <param name="passes">The passes of an iteration, a multiple of the size.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="size">The number of processes.</param>
    public static PassBlock Of(int passes, int rank, int size) =>
        new(passes, (size - 1 - rank) * (passes / size), passes / size);

    /// <summary>The same as a share of all passes.</summary>
    public PassShare Share => new(Passes, First, Count);

    /// <summary>Returns the sums that are left of the block when its passes are added, in their order.</summary>
    public PassNode[] Sums()
    {
        var stack = new PassStack(Passes);
        for (int i = 0; i < Count; i++)
        {
            stack.Push(new PassNode(0, First + i));
        }

        return [.. stack.Waiting];
    }
}
