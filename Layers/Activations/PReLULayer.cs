using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Activations;

/// <summary>
/// The parametric rectifier (He, Zhang, Ren and Sun 2015): <c>y = max(x, 0) + a_c min(x, 0)</c> with a learned slope a
/// for each channel (axis 1). Blob: the slopes [C], or a single number with <c>channel_shared</c>. In place it keeps a
/// copy of x.
/// </summary>
[LayerType("PReLU")]
internal sealed unsafe class PReLULayer(LayerContext context) : Layer(context)
{
    private static readonly FillerParameter Quarter = new() { Type = "constant", Value = 0.25f };

    private Blob? kept;
    private bool isShared;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms[0].AxisCount < 2)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottoms[0].ShapeText}",
                "PReLU needs a channel axis, axis 1");
        }

        PReLUParameter options = Parameter.PreluParam ?? new PReLUParameter();
        isShared = options.ChannelShared;
        AddBlob(options.Filler ?? Quarter, isShared ? [] : [bottoms[0].Dim(1)]);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms[0].AxisCount < 2 || (!isShared && bottoms[0].Dim(1) != Blobs[0].Count))
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottoms[0].ShapeText}, the layer has "
                + $"{Blobs[0].Count} slope(s)",
                "axis 1 is the channels and keeps its size");
        }

        tops[0].ReshapeLike(bottoms[0]);
        if (bottoms[0] == tops[0])
        {
            kept ??= new Blob();
            kept.ReshapeLike(bottoms[0]);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (kept is not null)
        {
            bottoms[0].Data.CopyTo(kept.Data);
        }

        var (images, channels, plane) = Sizes(bottoms[0]);
        PReLUKernel.Forward(
            bottoms[0].DataPointer, tops[0].DataPointer, Blobs[0].DataPointer, images, channels, plane, Context.Pool);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        var (images, channels, plane) = Sizes(bottoms[0]);
        float* x = (kept ?? bottoms[0]).DataPointer, dy = tops[0].DiffPointer;

        // The slopes first: in place, the bottom's gradient overwrites the top's.
        if (NeedsGradient(0))
        {
            PReLUKernel.SlopeGradient(x, dy, Blobs[0].DiffPointer, images, channels, plane, Context.Pool);
        }

        if (propagateDown[0])
        {
            PReLUKernel.Backward(
                x, dy, bottoms[0].DiffPointer, Blobs[0].DataPointer, images, channels, plane, Context.Pool);
        }
    }

    // A shared slope is that of a single channel.
    private (int Images, int Channels, int Plane) Sizes(Blob bottom) =>
        bottom.Count == 0 ? (0, 1, 1)
        : isShared ? (bottom.Dim(0), 1, bottom.CountOf(1))
        : (bottom.Dim(0), bottom.Dim(1), bottom.CountOf(2));
}
