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
/// </remarks>
[LayerType("Normalize")]
internal sealed unsafe class NormalizeLayer(LayerContext context) : Layer(context)
{
    private readonly NormalizeParameter options = context.Parameter.NormParam ?? new NormalizeParameter();
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
    public override BlobCount TopCount => BlobCount.Exactly(1);

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
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (bottoms[0].Count == 0 || (!propagateDown[0] && !NeedsGradient(0)))
        {
            return;
        }

        units.ReshapeLike(bottoms[0]);
        float* u = units.DataPointer, length = lengths.DataPointer, dy = tops[0].DiffPointer;
        LengthKernel.Divide(
            bottoms[0].DataPointer, null, length, u, images, channels, inner, atPositions, Context.Pool);
        if (NeedsGradient(0))
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
            all.Fill(*Blobs[0].ReadPointer);
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
