using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Normalization;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers.Normalization;

/// <summary>
/// Batch normalisation of [N, C, ...] with scale and shift in one layer, <c>y = scale xhat + shift</c>, of two forks of
/// Caffe. Works in place. From Ioffe and Szegedy, "Batch normalization: accelerating deep network training by reducing
/// internal covariate shift", ICML 2015.
/// </summary>
/// <remarks>
/// PSPNet's kind has blobs scale, shift, mean and variance, [1, C, 1, 1] each; the last two are averages:
/// <c>momentum</c> of the old and the rest of the batch's (biased). Training takes the batch's statistics and gives the
/// averages; TEST and <c>frozen</c> take the averages. The gradient is that of the batch's statistics unless frozen,
/// in TEST too. Scale and shift are 0 unless filled. Synopsys' fork says <c>icnet: true</c> for this kind.
/// <para>
/// SegNet's kind, known by <c>scale_filler</c>, <c>shift_filler</c> or <c>bn_mode</c>, or by two blobs in the
/// definition, has scale and shift alone. LEARN takes the batch's statistics in every phase, INFERENCE none:
/// <c>y = scale x + shift</c>. As there, a backward pass overwrites their diffs; a solver adds those of an iteration's
/// passes.
/// </para>
/// </remarks>
[LayerType("BN")]
internal sealed unsafe class BNLayer(LayerContext context) : Layer(context), IChannelAffine, IRunningStatistics
{
    private const int Scale = 0, Shift = 1, Mean = 2, AverageVariance = 3;
    private const double EpsOfSegNet = 1e-9;

    private static readonly FillerParameter One = new() { Type = "constant", Value = 1 };

    private readonly BNParameter options = context.Parameter.BnParam ?? new BNParameter();
    private readonly bool isSegNets = IsSegNets(context.Parameter);
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
    public override string? GradientRule =>
        UsesAverages && !IsFrozen ? "in TEST it is that of a batch's statistics, as in PSPNet's Caffe" : null;

    /// <inheritdoc/>
    public int MeasureCount => UpdatesAverages ? ChannelMeasure.Count(channels) : 0;

    /// <inheritdoc/>
    public bool LeavesStatistics { get; set; }

    /// <inheritdoc/>
    internal override bool AddsToParameterDiffs => !isSegNets;

    private bool IsAffine => isSegNets && options.BnMode == BNParameter.Types.BNMode.Inference;

    private bool IsFrozen => !isSegNets && options.Frozen;

    private bool UsesAverages => !isSegNets && (options.Frozen || Phase == Phase.Test);

    private bool UpdatesAverages => !isSegNets && !UsesAverages;

    private int ValuesAChannel => channels == 0 ? 0 : images * inner;

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

        buffer = new AlignedBuffer(4 * channels);
        AddBlob(isSegNets ? options.ScaleFiller : options.SlopeFiller, 1, channels, 1, 1);
        AddBlob(isSegNets ? options.ShiftFiller : options.BiasFiller, 1, channels, 1, 1);
        if (!isSegNets)
        {
            AddBlob(null, 1, channels, 1, 1);
            AddBlob(options.Frozen ? One : null, 1, channels, 1, 1);
            FreezeBlobs();
        }
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
        float* scale = Blobs[Scale].DataPointer, shift = Blobs[Shift].DataPointer;
        float* keep = x == y && !Context.Inference && !IsFrozen ? Keep(bottoms[0]) : null;
        if (IsAffine)
        {
            if (keep != null)
            {
                BlockKernel.Copy(x, keep, bottoms[0].Count, Context.Pool);
            }

            ChannelAffine.Run(x, y, scale, 1, shift, images, channels, inner, Context.Pool);
            return;
        }

        ChannelStatistics statistics = Statistics;
        Read(x, statistics);
        ChannelNormalization.Forward(x, y, keep, images, channels, inner, statistics, Context.Pool);
        ChannelAffine.Run(y, y, scale, 1, shift, images, channels, inner, Context.Pool);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (bottoms[0].Count == 0)
        {
            ClearParameterGradients();
            return;
        }

        float* dy = tops[0].DiffPointer, dx = bottoms[0].DiffPointer, scale = Blobs[Scale].DataPointer;
        float* x = bottoms[0].SharesDataWith(tops[0]) && kept is not null
            ? kept.DataPointer
            : bottoms[0].DataPointer;
        ChannelStatistics statistics = Statistics;
        if (!IsFrozen && (NeedsGradient(Scale) || NeedsGradient(Shift)))
        {
            ParameterGradient(x, dy, statistics);
        }

        if (!propagateDown[0])
        {
            return;
        }

        if (IsFrozen)
        {
            // The factors are read again before they are used again.
            for (int c = 0; c < channels; c++)
            {
                Variance[c] = scale[c] * statistics.Inverse[c];
            }

            scale = Variance;
        }

        ChannelAffine.Run(dy, dx, scale, 1, null, images, channels, inner, Context.Pool);
        if (!IsFrozen && !IsAffine)
        {
            ChannelNormalization.Backward(x, dx, dx, images, channels, inner, statistics, Context.Pool);
        }
    }

    // Gradients of parameters are overwritten, also by those of a batch without values.
    private void ClearParameterGradients()
    {
        foreach (int blob in (ReadOnlySpan<int>)[Scale, Shift])
        {
            if (!IsFrozen && !AddsToParameterDiffs && NeedsGradient(blob))
            {
                Blobs[blob].ClearDiff();
            }
        }
    }

    /// <inheritdoc/>
    public void Measured(Span<float> measure) =>
        ChannelMeasure.Write(measure, Statistics.Mean, Variance, channels, ValuesAChannel);

    /// <inheritdoc/>
    public void AddMeasure(ReadOnlySpan<float> measure)
    {
        int values = ChannelMeasure.Values(measure);
        fixed (float* means = measure)
        {
            if (values > 0)
            {
                Mix(means, means + channels);
            }
        }
    }

    /// <inheritdoc/>
    bool IChannelAffine.IsChannelAffine(IReadOnlyList<Blob> bottoms) => IsAffine || UsesAverages;

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
        for (int c = 0; c < scale.Length; c++)
        {
            double slope = Blobs[Scale].Data[c], mean = 0;
            if (!IsAffine)
            {
                mean = Blobs[Mean].Data[c];
                slope /= Math.Sqrt(Blobs[AverageVariance].Data[c] + (double)options.Eps);
            }

            scale[c] *= slope;
            shift[c] = ((shift[c] - mean) * slope) + Blobs[Shift].Data[c];
        }
    }

    private static bool IsSegNets(LayerParameter layer)
    {
        BNParameter? options = layer.BnParam;
        bool isPspNets = options is not null && (options.SlopeFiller is not null || options.BiasFiller is not null
            || options.HasMomentum || options.HasEps || options.HasFrozen || options.Icnet);
        bool saysSo = options is not null && (options.ScaleFiller is not null || options.ShiftFiller is not null
            || options.HasBnMode);
        return saysSo || (!isPspNets && layer.Blobs.Count == 2);
    }

    private float* Keep(Blob bottom)
    {
        kept ??= new Blob();
        kept.ReshapeLike(bottom);
        return kept.DataPointer;
    }

    // Computes the statistics of the pass, and in training mixes them into the averages unless that is left to others.
    private void Read(float* x, ChannelStatistics statistics)
    {
        double eps = isSegNets ? EpsOfSegNet : options.Eps;
        if (UsesAverages)
        {
            new ReadOnlySpan<float>(Blobs[Mean].DataPointer, channels).CopyTo(new(statistics.Mean, channels));
            new ReadOnlySpan<float>(Blobs[AverageVariance].DataPointer, channels).CopyTo(new(Variance, channels));
            new Span<float>(statistics.Rest, channels).Clear();
        }
        else
        {
            ChannelNormalization.Moments(
                x, images, channels, inner, statistics.Mean, statistics.Rest, Variance, Context.Pool);
        }

        for (int c = 0; c < channels; c++)
        {
            statistics.Inverse[c] = (float)(1 / Math.Sqrt(Variance[c] + eps));
        }

        if (UpdatesAverages && !LeavesStatistics)
        {
            Mix(statistics.Mean, Variance);
        }
    }

    private void Mix(float* means, float* variances)
    {
        MixInto(Blobs[Mean].DataPointer, means);
        MixInto(Blobs[AverageVariance].DataPointer, variances);
    }

    private void MixInto(float* averages, float* batch)
    {
        double momentum = options.Momentum;
        for (int c = 0; c < channels; c++)
        {
            averages[c] = (float)((momentum * averages[c]) + ((1 - momentum) * batch[c]));
        }
    }

    // sum of dy xhat, or of dy x where nothing is normalised, and sum of dy.
    private void ParameterGradient(float* x, float* dy, ChannelStatistics statistics)
    {
        double* sums = (double*)Context.Pool.Scratch(0, ScratchSlot.Layer, 4L * channels);
        float* offsets = IsAffine ? null : statistics.Mean;
        ChannelSums.Run(dy, null, x, offsets, images, channels, inner, sums, Context.Pool);
        for (int c = 0; c < channels; c++)
        {
            double sum = sums[2 * c], product = sums[(2 * c) + 1];
            product = IsAffine ? product : (product - (statistics.Rest[c] * sum)) * statistics.Inverse[c];
            Add(Scale, c, product);
            Add(Shift, c, sum);
        }
    }

    private void Add(int blob, int c, double gradient)
    {
        if (NeedsGradient(blob))
        {
            Blobs[blob].Diff[c] = (float)(gradient + (isSegNets ? 0 : Blobs[blob].Diff[c]));
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
                BNParameter.EpsFieldNumber,
                $"eps is {options.Eps}",
                "it must be a small number, 0 or more");
        }

        if (!(options.Momentum >= 0 && options.Momentum <= 1))
        {
            throw Context.Error(
                options, BNParameter.MomentumFieldNumber, $"momentum is {options.Momentum}", "it must be 0 to 1");
        }

        if (isSegNets && (options.SlopeFiller is not null || options.BiasFiller is not null || options.Frozen))
        {
            throw Context.Error(
                options,
                options.Frozen ? BNParameter.FrozenFieldNumber : 0,
                "slope_filler, bias_filler and frozen belong to PSPNet's kind of BN; scale_filler, shift_filler and "
                + "bn_mode to SegNet's",
                "give the fields of one kind");
        }
    }

    // The averages have no gradient, and frozen layers learn nothing, whatever the definition says, as in the fork.
    private void FreezeBlobs()
    {
        for (int i = 0; i < Blobs.Count; i++)
        {
            if (i >= Parameter.Param.Count)
            {
                Parameter.Param.Add(new ParamSpec());
            }

            if (i >= Mean || options.Frozen)
            {
                (Parameter.Param[i].LrMult, Parameter.Param[i].DecayMult) = (0, 0);
            }
        }
    }
}
