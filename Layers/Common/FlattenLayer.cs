using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Makes the axes from <c>axis</c> to <c>end_axis</c>, both included, one: [N, C, H, W] becomes [N, C H W].
/// </summary>
[LayerType("Flatten")]
public sealed class FlattenLayer(LayerContext context) : SharedShapeLayer(context)
{
    private readonly FlattenParameter options = context.Parameter.FlattenParam ?? new FlattenParameter();

    /// <inheritdoc/>
    protected override int Shape(Blob bottom, Span<int> shape)
    {
        int start = CanonicalAxis(bottom, options.Axis), end = CanonicalAxis(bottom, options.EndAxis, "end_axis");
        if (end < start)
        {
            throw Context.Error(
                options,
                FlattenParameter.EndAxisFieldNumber,
                $"end_axis {options.EndAxis} is before axis {options.Axis} in a bottom of shape {bottom.ShapeText}");
        }

        bottom.Shape[..start].CopyTo(shape);
        shape[start] = bottom.CountOf(start, end + 1);
        bottom.Shape[(end + 1)..].CopyTo(shape[(start + 1)..]);
        return bottom.AxisCount - (end - start);
    }
}
