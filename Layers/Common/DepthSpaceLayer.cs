using Google.Protobuf;

namespace Cnn.Layers.Common;

/// <summary>
/// The base of the layers that make blocks of s x s pixels of s x s channels and back. "Depth" is [N, H, W, s s C], or
/// [N, s s C, H, W] with the order NCHW of the axes; "space" is [N, s H, s W, C] or [N, C, s H, s W]. Pixel (i, j) of a
/// block is channel <c>(s i + j) C + c</c>, or <c>(c s + i) s + j</c> with the order CRD. (TensorFlow's
/// <c>depth_to_space</c> and <c>space_to_depth</c>, by way of Synopsys' fork of Caffe.)
/// </summary>
internal abstract unsafe class DepthSpaceLayer(LayerContext context) : Layer(context)
{
    private readonly BlockOrder order = new();

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <summary>Whether the top is the space.</summary>
    protected abstract bool IsToSpace { get; }

    /// <summary>The side of a block and the order of the axes.</summary>
    protected abstract (int Side, string Order) Options { get; }

    /// <summary>The message and the fields of the two options.</summary>
    protected abstract (IMessage Message, int SideField, int OrderField) Fields { get; }

    /// <summary>The orders that the layer takes.</summary>
    protected abstract string[] Orders { get; }

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        var (message, sideField, orderField) = Fields;
        var (side, axes) = Options;
        if (side is < 1 or > short.MaxValue)
        {
            throw Context.Error(
                message, sideField, $"block_size is {side}", $"give the side of a block, 1 to {short.MaxValue}");
        }

        if (!Orders.Contains(axes, StringComparer.Ordinal))
        {
            throw Context.Error(
                message, orderField, $"data_format is '{axes}'", $"it may be {string.Join(", ", Orders)}");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        var (side, axes) = Options;
        bool isLast = axes == "NHWC";
        string layout = isLast ? "[N, H, W, C]" : "[N, C, H, W]";
        if (bottom.AxisCount != 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}", $"it takes 4 axes: {layout}");
        }

        int channelAxis = isLast ? 3 : 1, rowAxis = isLast ? 1 : 2;
        long channels = bottom.Dim(channelAxis), height = bottom.Dim(rowAxis), width = bottom.Dim(rowAxis + 1);
        long block = (long)side * side;
        bool divides = IsToSpace ? channels % block == 0 : height % side == 0 && width % side == 0;
        long most = IsToSpace ? Math.Max(height, width) * side : channels * block;
        if (!divides || most > int.MaxValue)
        {
            var (message, sideField, _) = Fields;
            throw Context.Error(
                message,
                sideField,
                $"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText}, {layout}, does not fit a block_size of "
                + $"{side}",
                IsToSpace
                    ? $"the channels must be a multiple of {block}"
                    : $"rows and columns must be multiples of {side}");
        }

        if (!IsToSpace)
        {
            (height, width) = (height / side, width / side);
        }

        int depth = (int)(IsToSpace ? channels / block : channels), h = (int)height, w = (int)width;
        SetOrder(axes, bottom.Dim(0), depth, h, w, side);
        (int topDepth, int topHeight, int topWidth) =
            IsToSpace ? (depth, h * side, w * side) : ((int)(depth * block), h, w);
        ShapeTop(
            tops,
            0,
            isLast
                ? [bottom.Dim(0), topHeight, topWidth, topDepth]
                : [bottom.Dim(0), topDepth, topHeight, topWidth]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        Move(bottoms[0].DataPointer, tops[0].DataPointer, IsToSpace);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            Move(tops[0].DiffPointer, bottoms[0].DiffPointer, !IsToSpace);
        }
    }

    private void Move(float* x, float* y, bool toSpace)
    {
        if (toSpace)
        {
            order.Run(x, y, Context.Pool);
        }
        else
        {
            order.RunBack(x, y, Context.Pool);
        }
    }

    // From depth to space; s stands twice in each shape, for the rows and the columns of a block.
    private void SetOrder(string axes, int items, int depth, int height, int width, int side)
    {
        switch (axes)
        {
            case "NHWC":
                order.Set([items, height, width, side, side, depth], [0, 1, 3, 2, 4, 5]);
                break;
            case "CRD":
                order.Set([items, depth, side, side, height, width], [0, 1, 4, 2, 5, 3]);
                break;
            default:
                order.Set([items, side, side, depth, height, width], [0, 3, 4, 1, 5, 2]);
                break;
        }
    }
}
