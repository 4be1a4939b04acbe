using Cnn.Layers.Kernels.Normalization;
using Cnn.Proto;

namespace Cnn.Layers.Normalization;

/// <summary>
/// Normalises each channel of each item, or with <c>across_channels</c> each item, to mean 0 and, with
/// <c>normalize_variance</c>, standard deviation 1: <c>y = (x - mean) / (sqrt(variance) + eps)</c> with the biased
/// variance; eps is added to the deviation, as in Caffe. The bottom has up to 4 axes, the top [N, C, H, W]. The same in
/// TEST.
/// </summary>
/// <remarks>
/// The gradient is Caffe's, <c>dx = (dy - mean(dy) - y mean(dy y)) / (deviation + eps)</c>, which is exact except for a
/// factor (deviation + eps) / deviation of its last term.
/// </remarks>
[LayerType("MVN")]
internal sealed unsafe class MVNLayer(LayerContext context) : Layer(context)
{
    // Up to here the gradient is the derivative, as far as float32 tells.
    private const float LargestExactEps = 1e-6f;

    private readonly MVNParameter options = context.Parameter.MvnParam ?? new MVNParameter();
    private AlignedBuffer? buffer;
    private int rows;
    private int inner;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override string? GradientRule => options.NormalizeVariance && options.Eps > LargestExactEps
        ? "it leaves out a factor of the order of eps, as Caffe's"
        : null;

    private float* Variance => buffer!.Pointer + (3 * (nint)rows);

    private ChannelStatistics Statistics =>
        new(buffer!.Pointer, buffer.Pointer + rows, buffer.Pointer + (2 * (nint)rows));

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (!(options.Eps >= 0 && float.IsFinite(options.Eps)))
        {
            throw Context.Error(
                options, MVNParameter.EpsFieldNumber, $"eps is {options.Eps}", "it must be a small number, 0 or more");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        if (bottom.AxisCount > 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}", "MVN takes up to 4 axes: [N, C, H, W]");
        }

        tops[0].Reshape(bottom.LegacyDim(0), bottom.LegacyDim(1), bottom.LegacyDim(2), bottom.LegacyDim(3));
        rows = bottom.CountOf(0, options.AcrossChannels ? 1 : 2);
        inner = bottom.CountOf(options.AcrossChannels ? 1 : 2);
        if (bottom.Count > 0 && (buffer is null || buffer.Length < 4L * rows))
        {
            if (rows > int.MaxValue / 8)
            {
                throw Context.Error(
                    $"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} has too many channels");
            }

            buffer = new AlignedBuffer(4 * rows);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms[0].Count > 0)
        {
            Centre(bottoms[0].DataPointer, tops[0].DataPointer, options.NormalizeVariance);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (!propagateDown[0] || bottoms[0].Count == 0)
        {
            return;
        }

        float* dy = tops[0].DiffPointer, dx = bottoms[0].DiffPointer;
        if (options.NormalizeVariance)
        {
            ChannelNormalization.Backward(bottoms[0].DataPointer, dy, dx, 1, rows, inner, Statistics, Context.Pool);
        }
        else
        {
            Centre(dy, dx, false);
        }
    }

    private void Centre(float* from, float* to, bool scale)
    {
        ChannelStatistics statistics = Statistics;
        ChannelNormalization.Moments(from, 1, rows, inner, statistics.Mean, statistics.Rest, Variance, Context.Pool);
        for (int row = 0; row < rows; row++)
        {
            statistics.Inverse[row] = scale ? (float)(1 / (Math.Sqrt(Variance[row]) + options.Eps)) : 1;
        }

        ChannelNormalization.Forward(from, to, null, 1, rows, inner, statistics, Context.Pool);
    }
}
