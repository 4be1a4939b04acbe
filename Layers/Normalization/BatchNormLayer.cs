using Cnn.Layers.Kernels.Normalization;
using Cnn.Proto;

namespace Cnn.Layers.Normalization;

/// <summary>
/// Batch normalisation of [N, C, ...] without scale and shift (a Scale layer adds them):
/// <c>y = (x - mean) / sqrt(variance + eps)</c> with a mean and a biased variance for each channel, of the batch or of
/// all batches so far (<c>use_global_stats</c>; if unset, in TEST). Works in place. From Ioffe and Szegedy, "Batch
/// normalization: accelerating deep network training by reducing internal covariate shift", ICML 2015.
/// </summary>
/// <remarks>
/// Blobs, as in Caffe: sums of the means [C], of the variances [C] (times m / (m - 1), with m values per channel), and
/// of the weights [1]. Every pass that uses the batch multiplies them by <c>moving_average_fraction</c> and adds the
/// batch with weight 1; a statistic of all batches is its sum divided by the weights. The blobs have no gradient, so
/// their <c>lr_mult</c> is 0; the layer adds that to its definition where it is not given.
/// </remarks>
[LayerType("BatchNorm")]
internal sealed unsafe class BatchNormLayer(LayerContext context) : Layer(context), IChannelAffine
{
    private const int BlobCountOfCaffe = 3;

    private readonly BatchNormParameter options = context.Parameter.BatchNormParam ?? new BatchNormParameter();
    private AlignedBuffer? buffer;
    private Blob? kept;
    private int channels;
    private int images;
    private int inner;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    private bool UsesGlobal => options.HasUseGlobalStats ? options.UseGlobalStats : Phase == Phase.Test;

    private float* Variance => buffer!.Pointer + (3 * (nint)channels);

    private ChannelStatistics Statistics =>
        new(buffer!.Pointer, buffer.Pointer + channels, buffer.Pointer + (2 * (nint)channels));

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        CheckOptions();
        RequireTwoAxes(bottoms[0]);
        channels = bottoms[0].Dim(1);
        if (channels > int.MaxValue / 8)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} has too many channels",
                $"there may be {int.MaxValue / 8}");
        }

        AddBlob(null, channels);
        AddBlob(null, channels);
        AddBlob(null, 1);
        buffer = new AlignedBuffer(4 * channels);
        FreezeBlobs();
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        RequireTwoAxes(bottoms[0]);
        if (bottoms[0].Dim(1) != channels)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has become {bottoms[0].ShapeText}; the layer was set up for "
                + $"{channels} channels");
        }

        images = bottoms[0].Dim(0);
        inner = bottoms[0].CountOf(2);
        tops[0].ReshapeLike(bottoms[0]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms[0].Count == 0)
        {
            return;
        }

        float* x = bottoms[0].DataPointer, y = tops[0].DataPointer;
        ChannelStatistics statistics = Statistics;
        if (UsesGlobal)
        {
            ReadGlobal(statistics);
        }
        else
        {
            ChannelNormalization.Moments(
                x, images, channels, inner, statistics.Mean, statistics.Rest, Variance, Context.Pool);
            AddBatch(statistics);
        }

        for (int c = 0; c < channels; c++)
        {
            statistics.Inverse[c] = (float)(1 / Math.Sqrt((double)Variance[c] + options.Eps));
        }

        float* keep = x == y && !UsesGlobal ? Keep(bottoms[0]) : null;
        ChannelNormalization.Forward(x, y, keep, images, channels, inner, statistics, Context.Pool);
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
        ChannelStatistics statistics = Statistics;
        if (UsesGlobal)
        {
            // As in the forward pass, but with means of 0; the means are read again before they are used again.
            new Span<float>(statistics.Mean, 2 * channels).Clear();
            ChannelNormalization.Forward(dy, dx, null, images, channels, inner, statistics, Context.Pool);
            return;
        }

        float* x = bottoms[0].SharesDataWith(tops[0]) ? kept!.DataPointer : bottoms[0].DataPointer;
        ChannelNormalization.Backward(x, dy, dx, images, channels, inner, statistics, Context.Pool);
    }

    /// <inheritdoc/>
    bool IChannelAffine.IsChannelAffine(IReadOnlyList<Blob> bottoms) => UsesGlobal;

    /// <inheritdoc/>
    long IChannelAffine.AffineVersion => Blobs[0].DataVersion + Blobs[1].DataVersion + Blobs[2].DataVersion;

    /// <inheritdoc/>
    void IChannelAffine.Follow(Span<double> scale, Span<double> shift)
    {
        double weight = Blobs[2].Data[0] == 0 ? 0 : 1.0 / Blobs[2].Data[0];
        for (int c = 0; c < scale.Length; c++)
        {
            double inverse = 1 / Math.Sqrt((Blobs[1].Data[c] * weight) + options.Eps);
            scale[c] *= inverse;
            shift[c] = (shift[c] - (Blobs[0].Data[c] * weight)) * inverse;
        }
    }

    private float* Keep(Blob bottom)
    {
        kept ??= new Blob();
        kept.ReshapeLike(bottom);
        return kept.DataPointer;
    }

    private void ReadGlobal(ChannelStatistics statistics)
    {
        double factor = Blobs[2].Data[0] == 0 ? 0 : 1.0 / Blobs[2].Data[0];
        float* means = Blobs[0].DataPointer, variances = Blobs[1].DataPointer;
        for (int c = 0; c < channels; c++)
        {
            double mean = means[c] * factor;
            statistics.Mean[c] = (float)mean;
            statistics.Rest[c] = (float)(mean - statistics.Mean[c]);
            Variance[c] = (float)(variances[c] * factor);
        }
    }

    private void AddBatch(ChannelStatistics statistics)
    {
        double count = (double)images * inner, unbiased = count > 1 ? count / (count - 1) : 1;
        float fraction = options.MovingAverageFraction;
        float* means = Blobs[0].DataPointer, variances = Blobs[1].DataPointer;
        Blobs[2].Data[0] = (Blobs[2].Data[0] * fraction) + 1;
        for (int c = 0; c < channels; c++)
        {
            means[c] = (means[c] * fraction) + statistics.Mean[c];
            variances[c] = (float)((variances[c] * (double)fraction) + (Variance[c] * unbiased));
        }
    }

    private void RequireTwoAxes(Blob bottom)
    {
        if (bottom.AxisCount < 2)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}",
                "batch normalisation takes 2 axes or more: [N, C, ...]");
        }
    }

    private void CheckOptions()
    {
        if (!(options.Eps >= 0 && float.IsFinite(options.Eps)))
        {
            throw Context.Error(
                options,
                BatchNormParameter.EpsFieldNumber,
                $"eps is {options.Eps}",
                "it must be a small number, 0 or more");
        }

        if (!(options.MovingAverageFraction >= 0 && float.IsFinite(options.MovingAverageFraction)))
        {
            throw Context.Error(
                options,
                BatchNormParameter.MovingAverageFractionFieldNumber,
                $"moving_average_fraction is {options.MovingAverageFraction}",
                "it must be 0 or more, and below 1 for a moving average");
        }
    }

    private void FreezeBlobs()
    {
        for (int i = 0; i < BlobCountOfCaffe; i++)
        {
            if (i >= Parameter.Param.Count)
            {
                Parameter.Param.Add(new ParamSpec { LrMult = 0 });
            }
            else if (Parameter.Param[i].LrMult != 0)
            {
                throw Context.Error(
                    Parameter.Param[i],
                    ParamSpec.LrMultFieldNumber,
                    $"lr_mult of parameter {i} is {Parameter.Param[i].LrMult}, but a solver cannot learn the "
                    + "batches' statistics",
                    "give lr_mult: 0, or leave the param entries out");
            }
        }
    }
}
