using Cnn.Layers.Kernels.Permute;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Common;

/// <summary>A change of the order of axes, and its inverse.</summary>
internal sealed unsafe class BlockOrder
{
    private const int Most = 2 * Blob.MaxAxes;

    private readonly AxisOrder there = new(Most);
    private readonly AxisOrder back = new(Most);

    /// <summary>Sets the order.</summary>
    /// <param name="shape">The source's sizes.</param>
    /// <param name="order">The source's axis that each axis of the target is.</param>
    public void Set(ReadOnlySpan<int> shape, ReadOnlySpan<int> order)
    {
        Span<int> inverse = stackalloc int[Most], target = stackalloc int[Most];
        for (int i = 0; i < order.Length; i++)
        {
            (inverse[order[i]], target[i]) = (i, shape[order[i]]);
        }

        there.Set(shape, order);
        back.Set(target[..order.Length], inverse[..order.Length]);
    }

    /// <summary>Copies the source to the target.</summary>
    public void Run(float* source, float* target, WorkerPool pool) =>
        PermuteKernel.Run(source, target, there, pool);

    /// <summary>Copies the target to the source.</summary>
    public void RunBack(float* target, float* source, WorkerPool pool) =>
        PermuteKernel.Run(target, source, back, pool);
}
