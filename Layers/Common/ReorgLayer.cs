using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Takes blocks of s x s pixels apart into channels by darknet's rule: [N, C, H, W] to [N, C s^2, H / s, W / s], or
/// with <c>reverse</c> [N, C / s^2, H s, W s]. C, H and W being those of the bottom and <c>t = C / s^2</c>, place
/// (o t + k, h, w) of [C, H, W] belongs to pixel (h s + o / s, w s + o mod s) of channel k of [t, H s, W s]: the
/// bottom's values are read in the second order and written in the first, with <c>reverse</c> the other way. This is
/// not the space-to-depth of other frameworks. The gradient goes back. The Python class that Synopsys' nets of YOLO v2
/// name instead has s = 2.
/// </summary>
[LayerType("Reorg")]
[PythonLayer("yolov2", "darknet_reorg")]
internal sealed unsafe class ReorgLayer(LayerContext context) : Layer(context)
{
    private readonly ReorgParameter options = context.Parameter.PythonParam is null
        ? context.Parameter.ReorgParam ?? new ReorgParameter()
        : new ReorgParameter { Stride = 2 };

    private int side;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        side = SizeField.Check(Context, options, ReorgParameter.StrideFieldNumber, "stride", options.Stride);
        if (side > short.MaxValue)
        {
            throw Context.Error(
                options, ReorgParameter.StrideFieldNumber, $"stride {side} is too large", $"at most {short.MaxValue}");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        if (bottom.AxisCount != 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}", "it takes 4 axes: [N, C, H, W]");
        }

        int channels = bottom.Dim(1), height = bottom.Dim(2), width = bottom.Dim(3), block = side * side;
        bool divides = channels % block == 0 && (options.Reverse || (height % side == 0 && width % side == 0));
        if (!divides)
        {
            throw Context.Error(
                options,
                ReorgParameter.StrideFieldNumber,
                $"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} does not divide into blocks of "
                + $"{side} x {side}",
                options.Reverse
                    ? $"the channels must be a multiple of {block}"
                    : $"the channels must be a multiple of {block}, the height and width of {side}");
        }

        if (options.Reverse)
        {
            RequireSize(bottom, (long)height * side, (long)width * side);
            ShapeTop(tops, 0, [bottom.Dim(0), channels / block, height * side, width * side]);
        }
        else
        {
            RequireSize(bottom, (long)channels * block, 1);
            ShapeTop(tops, 0, [bottom.Dim(0), channels * block, height / side, width / side]);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        Move(bottoms[0], bottoms[0].DataPointer, tops[0].DataPointer, !options.Reverse);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            Move(bottoms[0], tops[0].DiffPointer, bottoms[0].DiffPointer, options.Reverse);
        }
    }

    // In an empty bottom the product of other axes may be larger than an axis can be.
    private void RequireSize(Blob bottom, long first, long second)
    {
        if (first > int.MaxValue || second > int.MaxValue)
        {
            throw Context.Error(
                options,
                ReorgParameter.StrideFieldNumber,
                $"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} is too large for a stride of {side}");
        }
    }

    private void Move(Blob bottom, float* from, float* to, bool isToSmall) => RearrangeKernel.Reorganize(
        isToSmall ? from : to,
        isToSmall ? to : from,
        isToSmall,
        bottom.Dim(0),
        (bottom.Dim(1), bottom.Dim(2), bottom.Dim(3)),
        side,
        Context.Pool);
}
