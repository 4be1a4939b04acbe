using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Layers.Common;

/// <summary>Chooses the axis of Concat and Slice, which have an older field for it as well.</summary>
internal static class AxisChoice
{
    /// <summary>Returns the axis, counted from 0.</summary>
    /// <param name="context">The layer.</param>
    /// <param name="bottom">The blob that has the axis.</param>
    /// <param name="options">The layer's message.</param>
    /// <param name="axis">The field <c>axis</c>: number, value, whether it is set.</param>
    /// <param name="old">The older field: its name, number, value, whether it is set.</param>
    /// <exception cref="CnnException">Both are set, or there is no such axis.</exception>
    public static int Of(
        LayerContext context,
        Blob bottom,
        IMessage options,
        (int Field, int Value, bool IsSet) axis,
        (string Name, int Field, uint Value, bool IsSet) old)
    {
        if (axis.IsSet && old.IsSet)
        {
            throw context.Error(
                options,
                old.Field,
                $"axis and {old.Name} are both given",
                "axis is the current name; remove the other");
        }

        long chosen = old.IsSet ? old.Value : axis.Value < 0 ? axis.Value + bottom.AxisCount : axis.Value;
        return chosen >= 0 && chosen < bottom.AxisCount
            ? (int)chosen
            : throw context.Error(
                options,
                old.IsSet ? old.Field : axis.Field,
                $"axis {(old.IsSet ? old.Value : axis.Value)} does not exist in a bottom of shape {bottom.ShapeText}");
    }
}
