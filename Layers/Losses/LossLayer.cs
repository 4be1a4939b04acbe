using Cnn.Proto;
using Mode = Cnn.Proto.LossParameter.Types.NormalizationMode;

namespace Cnn.Layers.Losses;

/// <summary>
/// A loss: a scalar top that counts with weight 1 unless the net says otherwise, made by the net where it is not named.
/// The top's diff is the loss weight when <see cref="Layer.Backward"/> runs. No gradient flows to the labels.
/// </summary>
internal abstract class LossLayer(LayerContext context) : Layer(context)
{
    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool AddsMissingTops => true;

    /// <inheritdoc/>
    public override bool IsLoss => true;

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom != 1;

    /// <summary>The label of <c>loss_param</c> that does not count; null for none.</summary>
    protected int? IgnoreLabel => Parameter.LossParam is { HasIgnoreLabel: true } loss ? loss.IgnoreLabel : null;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms[0].LegacyDim(0) != bottoms[1].LegacyDim(0))
        {
            throw Context.Error(
                $"bottoms '{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} and '{Parameter.Bottom[1]}' of shape "
                + $"{bottoms[1].ShapeText} hold different numbers of items",
                "their first axes must be equal");
        }

        tops[0].Reshape();
    }

    /// <summary>
    /// Returns the number of items of a batch to divide by: the size of the first axis, at least 1 so that a loss stays
    /// a number.
    /// </summary>
    protected static int Items(Blob blob) => Math.Max(1, blob.LegacyDim(0));

    /// <summary>Refuses to compute a gradient for labels.</summary>
    /// <param name="propagateDown">Which gradients are asked for.</param>
    /// <param name="bottom">The bottom that has none.</param>
    /// <exception cref="CnnException">The gradient is asked for.</exception>
    protected void RefuseGradient(IReadOnlyList<bool> propagateDown, int bottom = 1)
    {
        if (bottom < propagateDown.Count && propagateDown[bottom])
        {
            throw Context.Error(
                $"a {Type} layer has no gradient for its bottom {bottom} ('{Parameter.Bottom[bottom]}')",
                "labels cannot be computed by layers that learn; say propagate_down: false for that bottom");
        }
    }

    /// <summary>Requires that the first two bottoms have the same number of values.</summary>
    /// <exception cref="CnnException">They do not.</exception>
    protected void RequireSameCount(IReadOnlyList<Blob> bottoms)
    {
        if (bottoms[0].Count != bottoms[1].Count)
        {
            throw Context.Error(
                $"bottoms '{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} and '{Parameter.Bottom[1]}' of shape "
                + $"{bottoms[1].ShapeText} differ in the number of values per item");
        }
    }

    /// <summary>
    /// Returns how <c>loss_param</c> says to divide the sum: <c>normalization</c>, else the older <c>normalize</c>.
    /// </summary>
    /// <param name="unset">The mode when neither is given.</param>
    private protected Mode Normalization(Mode unset) => Parameter.LossParam switch
    {
        { HasNormalization: true } loss => loss.Normalization,
        { HasNormalize: true } loss => loss.Normalize ? Mode.Valid : Mode.BatchSize,
        _ => unset,
    };

    /// <summary>
    /// Returns the divisor of the sum of losses: all positions (FULL), those not ignored (VALID), the items
    /// (BATCH_SIZE), the number in the definition (PRE_FIXED), or 1 (NONE); never less than 1.
    /// </summary>
    /// <param name="mode">Which divisor.</param>
    /// <param name="outer">Product of the axes before the class axis.</param>
    /// <param name="inner">Product of the axes after it.</param>
    /// <param name="valid">Positions whose label is not ignored.</param>
    private protected float Normalizer(Mode mode, int outer, int inner, int valid) => Math.Max(1, mode switch
    {
        Mode.Full => outer * inner,
        Mode.Valid => valid,
        Mode.BatchSize => outer,
        Mode.PreFixed => Parameter.LossParam.PreFixedNormalizer,
        _ => 1,
    });
}
