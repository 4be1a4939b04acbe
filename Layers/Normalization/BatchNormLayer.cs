using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Normalization;
using Cnn.Layers.Threading;
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
/// <para>
/// With <c>scale_bias</c>, or a filler for either, it is the layer of NVIDIA's Caffe: <c>y = scale xhat + bias</c> with
/// two blobs more, scale [C] and bias [C]. There the first two blobs are true averages, and the third is 1: the first
/// two passes of training copy the batch's mean and <c>variance + eps</c> (biased), later ones mix them in with
/// <c>1 - moving_average_fraction</c>; TEST always takes the averages, and adds eps again. eps is 1e-5 at least. Scale
/// and bias get the gradient of the last backward pass alone, as there: it overwrites.
/// </para>
/// <para>
/// With <c>add_eps_before_sqrt: false</c> (Synopsys' Caffe; darknet) it divides by <c>sqrt(variance) + eps</c>. As
/// there, the gradient is the usual one with that for the deviation, which leaves out a factor of the order of eps.
/// </para>
/// </remarks>
[LayerType("BatchNorm")]
internal sealed unsafe class BatchNormLayer(LayerContext context) : Layer(context), IChannelAffine
{
    private const int BlobCountOfCaffe = 3;
    private const int ScaleIndex = 3, BiasIndex = 4;
    private const int PassesThatCopy = 2;
    private const float LeastEpsWithScale = 1e-5f;

    private static readonly FillerParameter One = new() { Type = "constant", Value = 1 };

    private readonly BatchNormParameter options = context.Parameter.BatchNormParam ?? new BatchNormParameter();

    // With a scale, the passes of training that have copied the batch's statistics: what follows depends on them.
    private readonly Blob passes = new(1);
    private Blob[]? state;
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

    /// <inheritdoc/>
    public override IReadOnlyList<Blob> State => state ??= HasScale ? [passes] : [];

    private bool HasScale =>
        options.ScaleBias || options.ScaleFiller is not null || options.BiasFiller is not null;

    private bool UsesGlobal =>
        HasScale || !options.HasUseGlobalStats ? Phase == Phase.Test : options.UseGlobalStats;

    private float Eps => HasScale ? Math.Max(options.Eps, LeastEpsWithScale) : options.Eps;

    // What the stored sums are multiplied by: averages with a scale, where the third blob has no meaning.
    private double Factor => HasScale ? 1 : Blobs[2].Data[0] == 0 ? 0 : 1.0 / Blobs[2].Data[0];

    private float* Variance => buffer!.Pointer + (3 * (nint)channels);

    private ChannelStatistics Statistics =>
        new(buffer!.Pointer, buffer.Pointer + channels, buffer.Pointer + (2 * (nint)channels));

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        CheckOptions();
        RefuseOptionsOfForks();
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
        AddBlob(HasScale ? One : null, 1);
        if (HasScale)
        {
            AddBlob(options.ScaleFiller ?? One, channels);
            AddBlob(options.BiasFiller, channels);
            ParametersLoaded();
        }

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
            if (options.UpdateGlobalStats)
            {
                AddBatch(statistics);
            }
        }

        for (int c = 0; c < channels; c++)
        {
            statistics.Inverse[c] = (float)Inverse(Variance[c]);
        }

        float* keep = x == y && (!UsesGlobal || HasScale) ? Keep(bottoms[0]) : null;
        ChannelNormalization.Forward(x, y, keep, images, channels, inner, statistics, Context.Pool);
        if (HasScale)
        {
            float* scale = Blobs[ScaleIndex].DataPointer, bias = Blobs[BiasIndex].DataPointer;
            ChannelAffine.Run(y, y, scale, 1, bias, images, channels, inner, Context.Pool);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (bottoms[0].Count == 0)
        {
            return;
        }

        float* dy = tops[0].DiffPointer, dx = bottoms[0].DiffPointer;
        ChannelStatistics statistics = Statistics;
        float* x = bottoms[0].SharesDataWith(tops[0]) && kept is not null
            ? kept.DataPointer
            : bottoms[0].DataPointer;
        if (HasScale)
        {
            ScaleGradient(x, dy, statistics);
        }

        if (!propagateDown[0])
        {
            return;
        }

        if (HasScale)
        {
            float* scale = Blobs[ScaleIndex].DataPointer;
            ChannelAffine.Run(dy, dx, scale, 1, null, images, channels, inner, Context.Pool);
            dy = dx;
        }

        if (UsesGlobal)
        {
            // As in the forward pass, but with means of 0; the means are read again before they are used again.
            new Span<float>(statistics.Mean, 2 * channels).Clear();
            ChannelNormalization.Forward(dy, dx, null, images, channels, inner, statistics, Context.Pool);
            return;
        }

        ChannelNormalization.Backward(x, dy, dx, images, channels, inner, statistics, Context.Pool);
    }

    /// <inheritdoc/>
    bool IChannelAffine.IsChannelAffine(IReadOnlyList<Blob> bottoms) => UsesGlobal;

    /// <inheritdoc/>
    long IChannelAffine.AffineVersion
    {
        get
        {
            long version = 0;
            for (int i = 0; i < Blobs.Count; i++)
            {
                version += Blobs[i].DataVersion;
            }

            return version;
        }
    }

    /// <inheritdoc/>
    void IChannelAffine.Follow(Span<double> scale, Span<double> shift)
    {
        double factor = Factor;
        for (int c = 0; c < scale.Length; c++)
        {
            double inverse = Inverse(Blobs[1].Data[c] * factor);
            double slope = HasScale ? inverse * Blobs[ScaleIndex].Data[c] : inverse;
            scale[c] *= slope;
            shift[c] = ((shift[c] - (Blobs[0].Data[c] * factor)) * slope)
                + (HasScale ? Blobs[BiasIndex].Data[c] : 0);
        }
    }

    /// <summary>
    /// With a scale, makes averages of sums that the real Caffe stored: divides them by their weight, which is 1 then.
    /// </summary>
    public override void ParametersLoaded()
    {
        float weight = Blobs[2].IsFilled ? Blobs[2].Data[0] : 1;
        if (!HasScale || weight == 1)
        {
            return;
        }

        for (int c = 0; c < channels; c++)
        {
            Blobs[0].Data[c] = weight == 0 ? 0 : Blobs[0].Data[c] / weight;
            Blobs[1].Data[c] = weight == 0 ? 0 : Blobs[1].Data[c] / weight;
        }

        Blobs[2].Data[0] = 1;
    }

    private double Inverse(double variance) =>
        options.AddEpsBeforeSqrt ? 1 / Math.Sqrt(variance + Eps) : 1 / (Math.Sqrt(variance) + Eps);

    private float* Keep(Blob bottom)
    {
        kept ??= new Blob();
        kept.ReshapeLike(bottom);
        return kept.DataPointer;
    }

    private void ReadGlobal(ChannelStatistics statistics)
    {
        double factor = Factor;
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
        if (HasScale)
        {
            Mix(statistics, means, variances, passes.Data[0] < PassesThatCopy ? 0 : fraction);
            passes.Data[0] = Math.Min(passes.Data[0] + 1, PassesThatCopy);
            return;
        }

        Blobs[2].Data[0] = (Blobs[2].Data[0] * fraction) + 1;
        for (int c = 0; c < channels; c++)
        {
            means[c] = (means[c] * fraction) + statistics.Mean[c];
            variances[c] = (float)((variances[c] * (double)fraction) + (Variance[c] * unbiased));
        }
    }

    private void Mix(ChannelStatistics statistics, float* means, float* variances, double fraction)
    {
        for (int c = 0; c < channels; c++)
        {
            means[c] = (float)((means[c] * fraction) + (statistics.Mean[c] * (1 - fraction)));
            variances[c] = (float)((variances[c] * fraction) + ((Variance[c] + (double)Eps) * (1 - fraction)));
        }
    }

    // sum of dy xhat, and sum of dy.
    private void ScaleGradient(float* x, float* dy, ChannelStatistics statistics)
    {
        if (!NeedsGradient(ScaleIndex) && !NeedsGradient(BiasIndex))
        {
            return;
        }

        double* sums = (double*)Context.Pool.Scratch(0, ScratchSlot.Layer, 4L * channels);
        ChannelSums.Run(dy, null, x, statistics.Mean, images, channels, inner, sums, Context.Pool);
        for (int c = 0; c < channels; c++)
        {
            double sum = sums[2 * c], product = sums[(2 * c) + 1] - (statistics.Rest[c] * sum);
            Blobs[ScaleIndex].Diff[c] = NeedsGradient(ScaleIndex) ? (float)(product * statistics.Inverse[c]) : 0;
            Blobs[BiasIndex].Diff[c] = NeedsGradient(BiasIndex) ? (float)sum : 0;
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

    private void RefuseOptionsOfForks()
    {
        Refuse(
            options.Relu,
            BatchNormParameter.ReluFieldNumber,
            "a BatchNorm layer does not rectify its result",
            "add a ReLU layer");
        Refuse(
            !options.BiasTerm,
            BatchNormParameter.BiasTermFieldNumber,
            "a BatchNorm layer cannot leave out its shift alone",
            "leave bias_term out, and scale_bias too where there is neither scale nor shift");

        void Refuse(bool isAskedFor, int field, string text, string hint)
        {
            if (isAskedFor)
            {
                throw Context.Error(options, field, text, hint);
            }
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
