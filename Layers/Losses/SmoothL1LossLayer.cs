using Cnn.Layers.Kernels.Losses;
using Cnn.Proto;

namespace Cnn.Layers.Losses;

/// <summary>
/// The smooth L1 loss: <c>L = sum w_out f(w_in (x0 - x1)) / N</c> with <c>f(d) = s d^2 / 2</c> where
/// <c>|d| &lt; 1 / s</c>, else <c>|d| - 1 / (2 s)</c>, s = <c>sigma</c>^2, and N items. Bottoms: predictions, targets
/// and, of the same shape, the weights w_in and w_out, or neither. Gradients for the first two:
/// <c>w_in w_out f'(d) w / N</c> and its negative. From Girshick, "Fast R-CNN", ICCV 2015.
/// </summary>
/// <remarks>
/// Two forks have a layer of this name. In SSD's the loss weight is 1 unless given, and there is neither sigma nor
/// weights; in Fast R-CNN's it is 0 unless given. It is taken to be SSD's where neither is there.
/// </remarks>
[LayerType("SmoothL1Loss")]
internal sealed unsafe class SmoothL1LossLayer(LayerContext context) : LossLayer(context)
{
    private const int MaxAxes = 4;

    private readonly SmoothL1LossParameter options = context.Parameter.SmoothL1LossParam ?? new SmoothL1LossParameter();

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Between(2, 4);

    /// <inheritdoc/>
    public override bool IsLoss => Parameter.SmoothL1LossParam is null && Parameter.Bottom.Count == 2;

    private float Square => options.Sigma * options.Sigma;

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom < 2;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms.Count == 3)
        {
            throw Context.Error(
                "a SmoothL1Loss layer takes 2 or 4 bottoms, not 3",
                "give the weights inside and outside of the loss, or neither");
        }

        if (!(Square > 0 && float.IsFinite(Square)))
        {
            throw Context.Error(
                options, SmoothL1LossParameter.SigmaFieldNumber, $"sigma is {options.Sigma}", "it must not be 0");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        EqualShapes.Require(Context, bottoms, bottoms.Count, MaxAxes);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        double sum = SmoothL1Kernel.Sum(
            bottoms[0].DataPointer, bottoms[1].DataPointer, Weights(bottoms, 2), Weights(bottoms, 3),
            bottoms[0].Count, Square, Context.Pool);
        tops[0].Data[0] = (float)(sum / Items(bottoms[0]));
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        RefuseGradient(propagateDown, 2);
        RefuseGradient(propagateDown, 3);
        float scale = tops[0].Diff[0] / Items(bottoms[0]);
        float* inside = Weights(bottoms, 2), outside = Weights(bottoms, 3);
        for (int which = 0; which < 2; which++)
        {
            if (propagateDown[which])
            {
                SmoothL1Kernel.Gradient(
                    bottoms[0].DataPointer, bottoms[1].DataPointer, inside, inside, outside,
                    bottoms[which].DiffPointer, bottoms[0].Count, Square, which == 0 ? scale : -scale, Context.Pool);
            }
        }
    }

    private static float* Weights(IReadOnlyList<Blob> bottoms, int bottom) =>
        bottom < bottoms.Count ? bottoms[bottom].DataPointer : null;
}
