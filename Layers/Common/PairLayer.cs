using Cnn.Layers.Kernels.Broadcast;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Common;

/// <summary>
/// The base of layers that combine two blobs value by value and repeat each along the axes that it does not have, as
/// NumPy does: the shapes are aligned at their last axes, and an axis of size 1 takes the other's size. The gradient of
/// a repeated blob is the sum over its repetitions.
/// </summary>
internal abstract unsafe class PairLayer(LayerContext context) : Layer(context)
{
    private readonly BroadcastAxes axes = new(Blob.MaxAxes);

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <summary>Whether the second blob is learned rather than the second bottom.</summary>
    protected virtual bool IsLearned => false;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob first = bottoms[0], second = Second(bottoms);
        int count = Math.Max(first.AxisCount, second.AxisCount);
        Span<int> shape = stackalloc int[Blob.MaxAxes];
        for (int i = 0; i < count; i++)
        {
            shape[count - i - 1] = BroadcastAxes.Size(first.Shape, second.Shape, i) ?? throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {first.ShapeText}, "
                + (IsLearned ? "the learned factor" : $"bottom '{Parameter.Bottom[1]}'") + $" {second.ShapeText}",
                "counted from the last, axes need the same size, or 1");
        }

        ShapeTop(tops, 0, shape[..count]);
        axes.Set(first.Shape, second.Shape);
    }

    /// <summary>Computes the top.</summary>
    protected void Forward<T>(T operation, IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
        where T : struct, IPairOperation => PairKernel.Forward(
            operation,
            bottoms[0].DataPointer,
            Second(bottoms).DataPointer,
            tops[0].DataPointer,
            axes,
            Context.Pool);

    /// <summary>Computes the gradients that are asked for.</summary>
    protected void Backward<T>(
        T operation, IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
        where T : struct, IPairOperation
    {
        Blob first = bottoms[0], second = Second(bottoms);
        if (propagateDown[0])
        {
            PairKernel.Backward(
                operation, first.DataPointer, second.DataPointer, tops[0].DiffPointer, first.DiffPointer, false,
                first.Count, axes, Context.Pool);
        }

        if (IsLearned)
        {
            AddLearned(operation, first, second, tops[0]);
        }
        else if (propagateDown[1])
        {
            PairKernel.Backward(
                operation, first.DataPointer, second.DataPointer, tops[0].DiffPointer, second.DiffPointer, true,
                second.Count, axes, Context.Pool);
        }
    }

    private Blob Second(IReadOnlyList<Blob> bottoms) => IsLearned ? Blobs[0] : bottoms[1];

    private void AddLearned<T>(T operation, Blob first, Blob second, Blob top)
        where T : struct, IPairOperation
    {
        if (!NeedsGradient(0))
        {
            return;
        }

        float* gradient = Context.Pool.Scratch(0, ScratchSlot.Layer, second.Count);
        PairKernel.Backward(
            operation, first.DataPointer, second.DataPointer, top.DiffPointer, gradient, true, second.Count, axes,
            Context.Pool);
        SumKernel.AddTo(second.DiffPointer, gradient, second.Count);
    }
}
