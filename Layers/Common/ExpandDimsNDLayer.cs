using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Puts an axis of size 1 before each axis of the bottom in <c>axis</c>, given ascending; the number of axes, or -1,
/// puts one after the last: [2, 3] becomes [2, 1, 3] with <c>axis: 1</c>.
/// </summary>
[LayerType("ExpandDimsND")]
internal sealed class ExpandDimsNDLayer(LayerContext context) : SharedShapeLayer(context)
{
    private readonly ExpandDimsNDParameter options = context.Parameter.ExpandDimsNdParam ?? new ExpandDimsNDParameter();

    /// <inheritdoc/>
    protected override int Shape(Blob bottom, Span<int> shape)
    {
        int axes = bottom.AxisCount;
        if (axes + options.Axis.Count > Blob.MaxAxes)
        {
            throw Context.Error(
                options,
                ExpandDimsNDParameter.AxisFieldNumber,
                $"a top of {axes + options.Axis.Count} axes is asked for; {Blob.MaxAxes} are the most");
        }

        bottom.Shape.CopyTo(shape);
        for (int i = 0; i < options.Axis.Count; i++)
        {
            int axis = options.Axis[i] < 0 ? options.Axis[i] + bottom.AxisCount + 1 : options.Axis[i];
            if (axis < 0 || axis > bottom.AxisCount)
            {
                throw Context.Error(
                    options,
                    ExpandDimsNDParameter.AxisFieldNumber,
                    $"axis {options.Axis[i]} does not exist in a bottom of shape {bottom.ShapeText}",
                    $"an axis can be put in at {-bottom.AxisCount - 1} to {bottom.AxisCount}");
            }

            // The axes put in so far move those of the bottom.
            int at = axis + i;
            shape[at..axes].CopyTo(shape[(at + 1)..]);
            shape[at] = 1;
            axes++;
        }

        return axes;
    }
}
