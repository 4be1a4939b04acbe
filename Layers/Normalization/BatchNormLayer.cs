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
/// <para>
/// With <c>scale_bias</c>, or a filler for either, it is the layer of NVIDIA's Caffe: <c>y = scale xhat + bias</c> with
/// two blobs more, scale [C] and bias [C]. There the first two blobs are true averages, and the third is 1: the first
/// two passes of training copy the batch's mean and <c>variance + eps</c> (biased), later ones mix them in with
/// <c>1 - moving_average_fraction</c>; TEST always takes the averages, and adds eps again. eps is 1e-5 at least. As
/// there, a backward pass overwrites the diffs of scale and bias; a solver adds those of an iteration's passes.
/// </para>
/// <para>
/// With <c>add_eps_before_sqrt: false</c> (Synopsys' Caffe; darknet) it divides by <c>sqrt(variance) + eps</c>. As
/// there, the gradient is the usual one with that for the deviation, which leaves out a factor of the order of eps.
/// </para>
/// </remarks>
[LayerType("BatchNorm")]
internal sealed unsafe class BatchNormLayer(LayerContext context)
    : Layer(context), IChannelAffine, IRunningStatistics
{
    private const int BlobCountOfCaffe = 3;
    private const int ScaleIndex = 3, BiasIndex = 4;
    private const int PassesThatCopy = 2;
    private const float LeastEpsWithScale = 1e-5f;

    private static readonly FillerParameter One = new() { Type = "constant", Value = 1 };

    private readonly BatchNormParameter options = context.Parameter.BatchNormParam ?? new BatchNormParameter();

    // With a scale, the passes of training that have copied the batch's statistics: what follows depends on them.
    private readonly Blob passes = new(1);

    // A copy of x, where the layer works in place and the backward pass needs it.
    private readonly Blob kept = new();
    private IReadOnlyList<Blob>? keptForBackward;
    private Blob[]? state;
    private AlignedBuffer? buffer;

    // The layers whose work this one does in training.
    private Layer? scale;
    private IChannelScale? scaleBlobs;
    private IRectifier? rectifier;
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

    /// <inheritdoc/>
    public override IReadOnlyList<Blob> KeptForBackward => keptForBackward ??= [kept];

    /// <inheritdoc/>
    public int MeasureCount => UpdatesStatistics ? ChannelMeasure.Count(channels) : 0;

    /// <inheritdoc/>
    public bool LeavesStatistics { get; set; }

    /// <summary>
    /// Whether tests change the statistics, with <c>use_global_stats: false</c>: nobody adds the measures of other
    /// processes there.
    /// </summary>
    public override bool DependsOnEarlierPasses => UpdatesStatistics && Phase == Phase.Test;

    /// <inheritdoc/>
    internal override bool AddsToParameterDiffs => !HasScale;

    private bool HasScale =>
        options.ScaleBias || options.ScaleFiller is not null || options.BiasFiller is not null;

    private bool UsesGlobal =>
        HasScale || !options.HasUseGlobalStats ? Phase == Phase.Test : options.UseGlobalStats;

    private bool UpdatesStatistics => !UsesGlobal && options.UpdateGlobalStats;

    private int ValuesAChannel => channels == 0 ? 0 : images * inner;

    private float Eps => HasScale ? Math.Max(options.Eps, LeastEpsWithScale) : options.Eps;

    // What the stored sums are multiplied by: averages with a scale, where the third blob has no meaning.
    private double Factor => HasScale ? 1 : Blobs[2].Data[0] == 0 ? 0 : 1.0 / Blobs[2].Data[0];

    private Blob? ScaleBlob => HasScale ? Blobs[ScaleIndex] : scale?.Blobs[scaleBlobs!.FactorIndex];

    private Blob? BiasBlob =>
        HasScale ? Blobs[BiasIndex] : scaleBlobs?.SummandIndex is int index ? scale!.Blobs[index] : null;

    private bool WantsScale =>
        HasScale ? NeedsGradient(ScaleIndex) : scale is not null && scale.NeedsGradient(scaleBlobs!.FactorIndex);

    private bool WantsBias =>
        HasScale ? NeedsGradient(BiasIndex)
        : scaleBlobs?.SummandIndex is int index && scale!.NeedsGradient(index);

    // Whether the backward pass needs x. Where the statistics are given, all it may need else is whether y is above 0.
    private bool NeedsInput => !UsesGlobal || HasScale || WantsScale;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        BatchNormChecks.Require(Context, options);
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
            AddBlob(options.ScaleFiller ?? options.Filler ?? One, channels);
            AddBlob(options.BiasFiller, channels);
            ParametersLoaded();
        }

        buffer = new AlignedBuffer(7 * channels);
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
        if (bottoms[0].SharesDataWith(tops[0]) && NeedsInput)
        {
            kept.ReshapeLike(bottoms[0]);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms[0].Count == 0)
        {
            return;
        }

        float* x = bottoms[0].DataPointer, y = tops[0].DataPointer;
        ChannelChain chain = Chain();
        if (UsesGlobal)
        {
            ReadGlobal(chain);
        }

        float* keep = x == y && NeedsInput ? kept.DataPointer : null;
        BatchNormalization.Forward(x, y, keep, chain, Context.Pool);
        if (UpdatesStatistics && !LeavesStatistics)
        {
            AddBatch(chain.Mean, chain.Variance, ValuesAChannel);
        }
    }

    /// <inheritdoc/>
    public void Measured(Span<float> measure)
    {
        ChannelChain chain = Chain();
        ChannelMeasure.Write(measure, chain.Mean, chain.Variance, channels, ValuesAChannel);
    }

    /// <inheritdoc/>
    public void AddMeasure(ReadOnlySpan<float> measure)
    {
        int values = ChannelMeasure.Values(measure);
        fixed (float* means = measure)
        {
            if (values > 0)
            {
                AddBatch(means, means + channels, values);
            }
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

        float* dy = tops[0].DiffPointer;
        float* dx = propagateDown[0] ? bottoms[0].DiffPointer : null;
        bool inPlace = bottoms[0].SharesDataWith(tops[0]);
        float* x = inPlace && NeedsInput ? kept.DataPointer : bottoms[0].DataPointer;
        BatchNormalization.Backward(
            x, inPlace && !NeedsInput, dy, Gradients(dx, dy), Chain(), Context.Pool);
    }

    /// <summary>Takes in a Scale layer with a factor for each channel, and a rectifier.</summary>
    public override bool TryTrainWith(Layer follower, IReadOnlyList<Blob> followerBottoms)
    {
        switch (follower)
        {
            case IChannelScale next when next.IsChannelScale(followerBottoms):
                if (HasScale || scale is not null || rectifier is not null)
                {
                    return false;
                }

                (scale, scaleBlobs) = (follower, next);
                return true;
            case IRectifier { IsRectifier: true, Ceiling: float.PositiveInfinity } next when rectifier is null:
                rectifier = next;
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public override void TrainAlone() => (scale, scaleBlobs, rectifier) = (null, null, null);

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

    private ChannelChain Chain()
    {
        float* numbers = buffer!.Pointer;
        return new ChannelChain
        {
            Images = images,
            Channels = channels,
            Inner = inner,
            UsesBatch = !UsesGlobal,
            Eps = Eps,
            AddsEpsToRoot = !options.AddEpsBeforeSqrt,
            Mean = numbers,
            Rest = numbers + channels,
            Variance = numbers + (2 * (nint)channels),
            Inverse = numbers + (3 * (nint)channels),
            Factor = numbers + (4 * (nint)channels),
            Gradients = numbers + (5 * (nint)channels),
            Scale = ScaleBlob is null ? null : ScaleBlob.DataPointer,
            HasFollowingScale = scale is not null,
            Bias = BiasBlob is null ? null : BiasBlob.DataPointer,
            Rectifies = rectifier is not null,
            Slope = rectifier?.NegativeSlope ?? 0,
        };
    }

    // The gradient overwrites that of a layer's own scale and bias, and adds to those of a Scale layer. Followers would
    // leave their bottom's gradient in the top's.
    private ChannelGradients Gradients(float* dx, float* dy)
    {
        float* normalised = dx != dy && (scale is not null || rectifier is not null) ? dy : null;
        bool wantsScale = WantsScale, wantsBias = WantsBias;
        if (HasScale && wantsScale != wantsBias)
        {
            Blobs[wantsScale ? BiasIndex : ScaleIndex].Diff.Clear();
        }

        return new ChannelGradients(
            dx, wantsScale ? ScaleBlob!.DiffPointer : null, wantsBias ? BiasBlob!.DiffPointer : null, normalised,
            !HasScale);
    }

    private void ReadGlobal(in ChannelChain chain)
    {
        double factor = Factor;
        float* means = Blobs[0].DataPointer, variances = Blobs[1].DataPointer;
        for (int c = 0; c < channels; c++)
        {
            double mean = means[c] * factor;
            chain.Mean[c] = (float)mean;
            chain.Rest[c] = (float)(mean - chain.Mean[c]);
            chain.Variance[c] = (float)(variances[c] * factor);
        }
    }

    // Adds a batch's means and biased variances, of so many values a channel, to the statistics.
    private void AddBatch(float* batchMeans, float* batchVariances, double count)
    {
        double unbiased = count > 1 ? count / (count - 1) : 1;
        float fraction = options.MovingAverageFraction;
        float* means = Blobs[0].DataPointer, variances = Blobs[1].DataPointer;
        if (HasScale)
        {
            double share = passes.Data[0] < PassesThatCopy ? 0 : fraction;
            for (int c = 0; c < channels; c++)
            {
                double variance = batchVariances[c] + (double)Eps;
                means[c] = (float)((means[c] * share) + (batchMeans[c] * (1 - share)));
                variances[c] = (float)((variances[c] * share) + (variance * (1 - share)));
            }

            passes.Data[0] = Math.Min(passes.Data[0] + 1, PassesThatCopy);
            return;
        }

        Blobs[2].Data[0] = (Blobs[2].Data[0] * fraction) + 1;
        for (int c = 0; c < channels; c++)
        {
            means[c] = (means[c] * fraction) + batchMeans[c];
            variances[c] = (float)((variances[c] * (double)fraction) + (batchVariances[c] * unbiased));
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
