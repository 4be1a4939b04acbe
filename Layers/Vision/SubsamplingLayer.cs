using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Normalization;
using Cnn.Layers.Kernels.Pooling;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// LeNet-5's subsampling: <c>y = coefficient[c] * (sum over the window) + bias[c]</c>, [N, C, H, W] to
/// <c>[N, C, (H - kernel) / stride + 1, ...]</c> rounded down: rows and columns left over that do not fill a window are
/// ignored. The stride is the window's side where it is not given. Blobs: coefficients [C] and biases [C]. From LeCun,
/// Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", Proceedings of the IEEE 1998,
/// section II.B.
/// </summary>
[LayerType("Subsampling")]
internal sealed unsafe class SubsamplingLayer(LayerContext context) : Layer(context)
{
    private readonly SubsamplingParameter options = context.Parameter.SubsamplingParam ??= new SubsamplingParameter();
    private readonly Blob means = new();
    private UnpaddedWindows windows;
    private PoolingShape shape;
    private int channels;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    private int Area => windows.KernelHeight * windows.KernelWidth;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        windows = UnpaddedWindows.Read(Context, options);
        windows.Over(Context, bottoms[0]);
        channels = bottoms[0].Dim(1);
        AddBlob(options.WeightFiller ?? new FillerParameter { Value = 1f / Area }, channels);
        AddBlob(options.BiasFiller, channels);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        shape = windows.Over(Context, bottoms[0]);
        if (bottoms[0].Dim(1) != channels)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has become {bottoms[0].ShapeText}; the layer was set up for "
                + $"{channels} channels");
        }

        tops[0].Reshape(bottoms[0].Dim(0), channels, shape.PooledHeight, shape.PooledWidth);
        means.ReshapeLike(tops[0]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int images = bottoms[0].Dim(0);
        AveragePooling.Forward(bottoms[0].DataPointer, means.DataPointer, images * channels, shape, Context.Pool);
        ChannelAffine.Run(
            means.DataPointer, tops[0].DataPointer, Blobs[0].DataPointer, Area, Blobs[1].DataPointer, images, channels,
            shape.PooledSize, Context.Pool);
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        LayerCost.OfItems(0, (long)tops[0].Count * (Area + 1), tops[0]);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        int images = bottoms[0].Dim(0);
        float* dy = tops[0].DiffPointer;
        if (images > 0 && (NeedsGradient(0) || NeedsGradient(1)))
        {
            AddParameterGradients(dy, images);
        }

        if (propagateDown[0])
        {
            ChannelAffine.Run(
                dy, means.DiffPointer, Blobs[0].DataPointer, Area, null, images, channels, shape.PooledSize,
                Context.Pool);
            AveragePooling.Backward(means.DiffPointer, bottoms[0].DiffPointer, images * channels, shape, Context.Pool);
        }
    }

    private void AddParameterGradients(float* dy, int images)
    {
        var sums = (double*)Context.Pool.Scratch(0, ScratchSlot.Layer, 4L * channels);
        ChannelSums.Run(dy, null, means.DataPointer, null, images, channels, shape.PooledSize, sums, Context.Pool);
        for (int c = 0; c < channels; c++)
        {
            if (NeedsGradient(0))
            {
                Blobs[0].Diff[c] += (float)(sums[(2 * c) + 1] * Area);
            }

            if (NeedsGradient(1))
            {
                Blobs[1].Diff[c] += (float)sums[2 * c];
            }
        }
    }
}
