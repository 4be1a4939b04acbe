using Cnn.Layers.Kernels.Normalization;
using Cnn.Proto;

namespace Cnn.Layers.Normalization;

/// <summary>
/// Division of [N, C, H, W] by its length, and a learned scale: <c>y = s_c x / sqrt(sum x^2 + eps)</c>. The sum runs
/// over an item (<c>across_spatial</c>) or over the channels of a position. The scale, blob 0, is one number
/// (<c>channel_shared</c>) or one for each channel [C]. From SSD's fork of Caffe; Liu, Rabinovich and Berg, "ParseNet:
/// Looking wider to see better", 2015.
/// </summary>
/// <remarks>
/// <c>dx = s_c (dy - u S) / length</c> with u = x / length and S the sum of dy u over what the length is over. As in
/// the fork, s is outside of S, so with a scale for each channel this is not the derivative.
/// <para>
/// With <c>normalize_param</c> it is the layer of happynear's fork: it divides by the lengths over the channels of a
/// position, with an eps of 1e-6 and without a scale. A second top holds the lengths, [N, 1, H, W]; its gradient flows
/// to the bottom with <c>bp_norm</c>.
/// </para>
/// </remarks>
[LayerType("Normalize")]
internal sealed unsafe class NormalizeLayer(LayerContext context) : Layer(context)
{
    private readonly ChannelNormalizeParameter? happynears = HappynearsOptions(context.Parameter);
    private readonly NormalizeParameter options = HappynearsOptions(context.Parameter) is null
        ? context.Parameter.NormParam ?? new NormalizeParameter()
        : new NormalizeParameter { AcrossSpatial = false, Eps = 1e-6f };

    private readonly Blob lengths = new();
    private readonly Blob scales = new();
    private readonly Blob units = new();
    private int channels;
    private int images;
    private int inner;
    private bool atPositions;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => HasScale ? BlobCount.Exactly(1) : BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override string? GradientRule =>
        HasScale && !options.ChannelShared ? "a scale for each channel is outside of its sum, as in SSD's Caffe" : null;

    private bool HasScale => happynears is null;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (!(options.Eps >= 0 && float.IsFinite(options.Eps)))
        {
            throw Context.Error(
                options,
                NormalizeParameter.EpsFieldNumber,
                $"eps is {options.Eps}",
                "it must be a small number, 0 or more");
        }

        RequireAxes(bottoms[0]);
        channels = bottoms[0].Dim(1);
        if (!HasScale)
        {
            RequireLength();
            return;
        }

        FillerParameter filler = options.ScaleFiller ?? new FillerParameter { Type = "constant", Value = 1 };
        if (options.ChannelShared)
        {
            AddBlob(filler);
        }
        else
        {
            AddBlob(filler, channels);
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        RequireAxes(bottoms[0]);
        if (bottoms[0].Dim(1) != channels && !options.ChannelShared)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has become {bottoms[0].ShapeText}; the layer was set up for "
                + $"{channels} channels");
        }

        channels = bottoms[0].Dim(1);
        images = bottoms[0].Dim(0);
        inner = bottoms[0].CountOf(2);

        // A position that is all there is of an item has the item's length.
        atPositions = !options.AcrossSpatial && inner != 1;
        lengths.Reshape(images, atPositions ? inner : 1);
        scales.Reshape(channels);
        tops[0].ReshapeLike(bottoms[0]);
        if (tops.Count > 1)
        {
            ReadOnlySpan<int> shape = bottoms[0].Shape;
            ShapeTop(tops, 1, [shape[0], 1, shape.Length > 2 ? shape[2] : 1, shape.Length > 3 ? shape[3] : 1]);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms[0].Count == 0)
        {
            return;
        }

        float* x = bottoms[0].DataPointer, length = lengths.DataPointer;
        if (atPositions)
        {
            LengthKernel.OfPositions(x, length, images, channels, inner, options.Eps, Context.Pool);
        }
        else
        {
            LengthKernel.OfImages(x, length, images, channels, inner, options.Eps, Context.Pool);
        }

        LengthKernel.Divide(
            x, ReadScales(), length, tops[0].DataPointer, images, channels, inner, atPositions, Context.Pool);
        if (tops.Count > 1)
        {
            lengths.Data.CopyTo(tops[1].Data);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        bool learns = HasScale && NeedsGradient(0);
        if (bottoms[0].Count == 0 || (!propagateDown[0] && !learns))
        {
            return;
        }

        units.ReshapeLike(bottoms[0]);
        float* u = units.DataPointer, length = lengths.DataPointer, dy = tops[0].DiffPointer;
        LengthKernel.Divide(
            bottoms[0].DataPointer, null, length, u, images, channels, inner, atPositions, Context.Pool);
        if (learns)
        {
            AddScaleGradient(dy, u);
        }

        if (!propagateDown[0])
        {
            return;
        }

        float* scale = ReadScales(), dx = bottoms[0].DiffPointer;
        if (atPositions)
        {
            LengthKernel.BackwardOfPositions(u, scale, length, dy, dx, images, channels, inner, Context.Pool);
        }
        else
        {
            LengthKernel.BackwardOfImages(u, scale, length, dy, dx, images, channels, inner, Context.Pool);
        }

        if (tops.Count > 1 && happynears is { BpNorm: true })
        {
            AddLengthGradient(tops[1].Diff, u, bottoms[0].Diff);
        }
    }

    private static ChannelNormalizeParameter? HappynearsOptions(LayerParameter layer) =>
        layer.NormalizeParam
        ?? (layer.SoftmaxParam is { HasNormalizeType: true } older
            ? new ChannelNormalizeParameter { NormalizeType = older.NormalizeType }
            : null);

    private void RequireLength()
    {
        if (happynears!.NormalizeType != "L2")
        {
            throw Context.Error(
                Parameter.NormalizeParam,
                ChannelNormalizeParameter.NormalizeTypeFieldNumber,
                $"normalize_type is '{happynears.NormalizeType}'",
                "only L2, the length, is done");
        }

        if (happynears.FixGradient && Phase == Phase.Train)
        {
            throw Context.Error(
                Parameter.NormalizeParam,
                ChannelNormalizeParameter.FixGradientFieldNumber,
                "fix_gradient of Normalize is not done",
                "leave it out; it makes no difference in testing");
        }
    }

    // The derivative of a length is x over it.
    private void AddLengthGradient(ReadOnlySpan<float> gradient, float* u, Span<float> dx)
    {
        for (int i = 0; i < dx.Length; i++)
        {
            int image = i / (channels * inner);
            dx[i] += gradient[(image * inner) + (i % inner)] * u[i];
        }
    }

    private void AddScaleGradient(float* dy, float* u)
    {
        double* sums = (double*)Context.Pool.Scratch(0, Threading.ScratchSlot.Layer, 4L * channels);
        ChannelSums.Run(dy, null, u, null, images, channels, inner, sums, Context.Pool);
        Span<float> gradient = Blobs[0].Diff;
        double total = 0;
        for (int c = 0; c < channels; c++)
        {
            double sum = sums[(2 * c) + 1];
            total += sum;
            if (!options.ChannelShared)
            {
                gradient[c] += (float)sum;
            }
        }

        if (options.ChannelShared)
        {
            gradient[0] += (float)total;
        }
    }

    // The scale of each channel.
    private float* ReadScales()
    {
        Span<float> all = scales.Data;
        if (options.ChannelShared)
        {
            all.Fill(HasScale ? *Blobs[0].ReadPointer : 1);
        }
        else
        {
            new ReadOnlySpan<float>(Blobs[0].ReadPointer, channels).CopyTo(all);
        }

        return scales.DataPointer;
    }

    private void RequireAxes(Blob bottom)
    {
        if (bottom.AxisCount is < 2 or > 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}",
                "a Normalize layer takes 2 to 4 axes: [N, C, H, W]");
        }
    }
}
