namespace Cnn.Layers.Common;

/// <summary>The whole parts of a blob's floats, as indices into something.</summary>
internal static class IndexReader
{
    /// <summary>The index at a place.</summary>
    /// <param name="context">The layer, for errors.</param>
    /// <param name="bottom">The bottom's number.</param>
    /// <param name="values">Its values.</param>
    /// <param name="at">The place.</param>
    /// <param name="count">How many things there are to point at.</param>
    /// <exception cref="Cnn.Proto.CnnException">The value is no index of one of them.</exception>
    public static int Read(LayerContext context, int bottom, ReadOnlySpan<float> values, int at, int count)
    {
        float value = values[at];
        return value > -1 && value < count
            ? (int)value
            : throw context.Error(
                $"value {at} of bottom '{context.Parameter.Bottom[bottom]}' is {value}, not an index",
                $"it is cut to a whole number, which must be 0 to {count - 1}");
    }
}
