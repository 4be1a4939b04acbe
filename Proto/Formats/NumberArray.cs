namespace Cnn.Proto.Formats;

/// <summary>An array outside a net: a shape and its values in row-major order.</summary>
/// <param name="Shape">The axes, outermost first; none for a single number.</param>
/// <param name="Values">The values, as many as the product of the axes.</param>
public sealed record NumberArray(int[] Shape, float[] Values)
{
    /// <summary>The shape as text: <c>[1, 3, 227, 227]</c>.</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
