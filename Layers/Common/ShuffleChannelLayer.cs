using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Interleaves the channels of G groups: [N, C, H, W] with channel <c>g (C / G) + i</c> going to <c>i G + g</c>. The
/// gradient goes back. (Zhang et al. 2017, "ShuffleNet", section 3.1.)
/// </summary>
[LayerType("ShuffleChannel")]
internal sealed unsafe class ShuffleChannelLayer(LayerContext context) : Layer(context)
{
    private readonly ShuffleChannelParameter options =
        context.Parameter.ShuffleChannelParam ?? new ShuffleChannelParameter();

    private int groups;
    private int items;
    private int inner;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        groups = SizeField.Check(Context, options, ShuffleChannelParameter.GroupFieldNumber, "group", options.Group);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        if (bottom.AxisCount < 2 || bottom.Dim(1) % groups != 0)
        {
            throw Context.Error(
                options,
                ShuffleChannelParameter.GroupFieldNumber,
                $"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} does not divide into {groups} groups of "
                + "channels",
                "axis 1, the channels, must be a multiple of group");
        }

        tops[0].ReshapeLike(bottom);
        (items, inner) = (bottom.Dim(0), bottom.CountOf(2));
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => RearrangeKernel.Transpose(
        bottoms[0].DataPointer,
        tops[0].DataPointer,
        items,
        groups,
        bottoms[0].Dim(1) / groups,
        inner,
        Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            RearrangeKernel.Transpose(
                tops[0].DiffPointer,
                bottoms[0].DiffPointer,
                items,
                bottoms[0].Dim(1) / groups,
                groups,
                inner,
                Context.Pool);
        }
    }
}
