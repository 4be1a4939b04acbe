using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Leaves out the axes in <c>axis</c>, each of size 1, or all axes of size 1 where none is given: [2, 1, 3, 1] becomes
/// [2, 3].
/// </summary>
[LayerType("Squeeze")]
internal sealed class SqueezeLayer(LayerContext context) : SharedShapeLayer(context)
{
    private readonly SqueezeParameter options = context.Parameter.SqueezeParam ?? new SqueezeParameter();

    /// <inheritdoc/>
    protected override int Shape(Blob bottom, Span<int> shape)
    {
        Span<bool> isOut = stackalloc bool[Blob.MaxAxes];
        for (int i = 0; i < bottom.AxisCount; i++)
        {
            isOut[i] = options.Axis.Count == 0 && bottom.Dim(i) == 1;
        }

        for (int i = 0; i < options.Axis.Count; i++)
        {
            int axis = CanonicalAxis(bottom, options.Axis[i]);
            if (bottom.Dim(axis) != 1)
            {
                throw Context.Error(
                    options,
                    SqueezeParameter.AxisFieldNumber,
                    $"axis {options.Axis[i]} of bottom '{Parameter.Bottom[0]}', shape {bottom.ShapeText}, has size "
                    + $"{bottom.Dim(axis)}",
                    "only axes of size 1 can be left out");
            }

            isOut[axis] = true;
        }

        int axes = 0;
        for (int i = 0; i < bottom.AxisCount; i++)
        {
            if (!isOut[i])
            {
                shape[axes++] = bottom.Dim(i);
            }
        }

        return axes;
    }
}
