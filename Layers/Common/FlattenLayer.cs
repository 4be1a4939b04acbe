using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Merges the axes from <c>axis</c> to <c>end_axis</c>, inclusive, into one: [N, C, H, W] becomes [N, C H W].
/// </summary>
[LayerType("Flatten")]
internal sealed class FlattenLayer(LayerContext context) : SharedShapeLayer(context)
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
        shape[start] = Joined(bottom, start, end);
        bottom.Shape[(end + 1)..].CopyTo(shape[(start + 1)..]);
        return bottom.AxisCount - (end - start);
    }

    // In an empty bottom the product of the other axes may be larger than an axis can be.
    private int Joined(Blob bottom, int start, int end)
    {
        long joined = 1;
        for (int i = start; i <= end; i++)
        {
            joined *= bottom.Dim(i);
            if (joined > int.MaxValue)
            {
                throw Context.Error(
                    $"axes {start} to {end} of bottom '{Parameter.Bottom[0]}', shape {bottom.ShapeText}, make an axis "
                    + "of more than 2^31 values");
            }
        }

        return (int)joined;
    }
}
