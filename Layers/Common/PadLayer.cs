using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Puts values around an array: <c>paddings</c> gives their numbers before and after on each axis, and
/// <c>constant_values</c> is the value. The gradient is the part of the top's that is not padding. From Synopsys' fork
/// of Caffe, which has no gradient; TensorFlow's <c>pad</c>.
/// </summary>
[LayerType("Pad")]
internal sealed unsafe class PadLayer(LayerContext context) : Layer(context)
{
    private readonly PadParameter options = context.Parameter.PadParam ?? new PadParameter();
    private readonly PaddedShape shape = new();

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        if (bottom.AxisCount == 0)
        {
            throw Context.Error($"bottom '{Parameter.Bottom[0]}' is a single number without axes to pad");
        }

        PaddedShape.Check(
            Context, options, PadParameter.PaddingsFieldNumber, "paddings", options.Paddings, bottom.AxisCount);
        if (!shape.TrySetBox(bottom.Shape, options.Paddings, 0))
        {
            throw Context.Error(
                options,
                PadParameter.PaddingsFieldNumber,
                $"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} is too large to pad");
        }

        ShapeTop(tops, 0, shape.Whole);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        shape.Pad(bottoms[0].DataPointer, tops[0].DataPointer, options.ConstantValues, Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            shape.Crop(tops[0].DiffPointer, bottoms[0].DiffPointer, Context.Pool);
        }
    }
}
