using Cnn.Proto;

namespace Cnn.Layers.Losses;

/// <summary>
/// A loss: a scalar top that counts with weight 1 unless the net says otherwise, made by the net where it is not named.
/// The top's diff is the loss weight when <see cref="Layer.Backward"/> runs. No gradient flows to the labels.
/// </summary>
public abstract class LossLayer(LayerContext context) : Layer(context)
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

    /// <summary>Refuses to compute a gradient for the labels.</summary>
    /// <exception cref="CnnException">It is asked for.</exception>
    protected void RefuseLabelGradient(IReadOnlyList<bool> propagateDown)
    {
        if (propagateDown[1])
        {
            throw Context.Error($"a {Type} layer has no gradient for its labels '{Parameter.Bottom[1]}'");
        }
    }

    /// <summary>
    /// What the sum of losses is divided by: all positions (FULL), those not ignored (VALID), the items (BATCH_SIZE), or 1
    /// (NONE); never less than 1.
    /// </summary>
    /// <param name="mode">Which.</param>
    /// <param name="outer">Product of the axes before the class axis.</param>
    /// <param name="inner">Product of the axes after it.</param>
    /// <param name="valid">Positions whose label is not ignored.</param>
    protected static float Normalizer(LossParameter.Types.NormalizationMode mode, int outer, int inner, int valid) =>
        Math.Max(1, mode switch
        {
            LossParameter.Types.NormalizationMode.Full => outer * inner,
            LossParameter.Types.NormalizationMode.Valid => valid,
            LossParameter.Types.NormalizationMode.BatchSize => outer,
            _ => 1,
        });
}
