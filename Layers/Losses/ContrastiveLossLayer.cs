using Cnn.Layers.Kernels.Losses;
using Cnn.Proto;

namespace Cnn.Layers.Losses;

/// <summary>
/// Pulls similar pairs together and pushes dissimilar ones a margin apart (Hadsell, Chopra and LeCun, 2006). With
/// <c>d = ||a - b||</c> a similar pair costs <c>d^2</c>, a dissimilar one <c>max(margin - d, 0)^2</c>, or with
/// <c>legacy_version</c> <c>max(margin - d^2, 0)</c>; <c>L = sum / (2 N)</c>. Bottoms: a and b [N, ..] of one shape,
/// and whether they are similar [N], 0 for no. <c>da = w (a - b) / N</c> for similar pairs,
/// <c>-(w / N) (margin - d) / (d + 1e-4) (a - b)</c> for dissimilar ones nearer than the margin (legacy:
/// <c>-(w / N) (a - b)</c>); <c>db = -da</c>.
/// </summary>
[LayerType("ContrastiveLoss")]
internal sealed unsafe class ContrastiveLossLayer(LayerContext context) : LossLayer(context)
{
    private const float DistanceEpsilon = 1e-4f;

    private readonly ContrastiveLossParameter options =
        context.Parameter.ContrastiveLossParam ?? new ContrastiveLossParameter();

    // Each pair's squared distance in the data, the factor of its gradient in the diff.
    private readonly Blob pairs = new();

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(3);

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom != 2;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        RequireSameCount(bottoms);
        int items = bottoms[0].LegacyDim(0);
        if (bottoms[2].Count != items)
        {
            throw Context.Error(
                $"'{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} makes {items} pairs, "
                + $"but '{Parameter.Bottom[2]}' has shape {bottoms[2].ShapeText}",
                "it says of each pair whether it is alike: one value an item");
        }

        pairs.Reshape(items);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        DifferenceKernel.RowSquares(
            bottoms[0].DataPointer,
            bottoms[1].DataPointer,
            pairs.DataPointer,
            pairs.Count,
            bottoms[0].CountOf(1),
            Context.Pool);
        ReadOnlySpan<float> squares = pairs.Data, alike = bottoms[2].Data;
        double sum = 0;
        for (int i = 0; i < squares.Length; i++)
        {
            if (float.IsNaN(alike[i]))
            {
                throw Context.Error(
                    $"the label {alike[i]} at position {i} of '{Parameter.Bottom[2]}' is not a number",
                    "0 is for a pair that is not alike, 1 for one that is");
            }

            sum += IsAlike(alike[i]) ? squares[i] : Cost(squares[i]);
        }

        tops[0].Data[0] = (float)(sum / 2 / Items(bottoms[0]));
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        RefuseGradient(propagateDown, 2);
        float scale = tops[0].Diff[0] / Items(bottoms[0]);
        ReadOnlySpan<float> squares = pairs.Data, alike = bottoms[2].Data;
        Span<float> factors = pairs.Diff;
        for (int i = 0; i < squares.Length; i++)
        {
            factors[i] = IsAlike(alike[i]) ? scale : -scale * Push(squares[i]);
        }

        for (int which = 0; which < 2; which++)
        {
            if (propagateDown[which])
            {
                DifferenceKernel.Scale(
                    bottoms[0].DataPointer,
                    bottoms[1].DataPointer,
                    pairs.DiffPointer,
                    which == 0 ? 1 : -1,
                    bottoms[which].DiffPointer,
                    pairs.Count,
                    bottoms[0].CountOf(1),
                    Context.Pool);
            }
        }
    }

    // The cost of a dissimilar pair.
    private float Cost(float square)
    {
        float left = MathF.Max(0, options.Margin - (options.LegacyVersion ? square : MathF.Sqrt(square)));
        return options.LegacyVersion ? left : left * left;
    }

    // How strongly a dissimilar pair is pushed apart, as a factor of its difference.
    private float Push(float square)
    {
        float distance = options.LegacyVersion ? square : MathF.Sqrt(square), left = options.Margin - distance;
        return !(left > 0) ? 0 : options.LegacyVersion ? 1 : left / (distance + DistanceEpsilon);
    }

    // Only the whole part of a label counts, as in Caffe.
    private static bool IsAlike(float label) => MathF.Abs(label) >= 1;
}
