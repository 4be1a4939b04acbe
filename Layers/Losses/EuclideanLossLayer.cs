using Cnn.Layers.Kernels.Losses;

namespace Cnn.Layers.Losses;

/// <summary>
/// Half the mean squared distance: <c>L = sum (x0 - x1)^2 / (2 N)</c>, where N counts the items (not the features).
/// Gradients for both bottoms: <c>w (x0 - x1) / N</c> and its negative.
/// </summary>
[LayerType("EuclideanLoss")]
internal sealed unsafe class EuclideanLossLayer(LayerContext context) : LossLayer(context)
{
    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => true;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        RequireSameCount(bottoms);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        double sum = DifferenceKernel.SumOfSquares(
            bottoms[0].DataPointer, bottoms[1].DataPointer, bottoms[0].Count, Context.Pool);
        tops[0].Data[0] = (float)(sum / 2 / Items(bottoms[0]));
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        float scale = tops[0].Diff[0] / Items(bottoms[0]);
        for (int which = 0; which < 2; which++)
        {
            if (propagateDown[which])
            {
                DifferenceKernel.Scale(
                    bottoms[0].DataPointer,
                    bottoms[1].DataPointer,
                    &scale,
                    which == 0 ? 1 : -1,
                    bottoms[which].DiffPointer,
                    1,
                    bottoms[0].Count,
                    Context.Pool);
            }
        }
    }
}
