using Cnn.Layers.Threading;

namespace Cnn.Layers.Common;

/// <summary>
/// Converts a blob's floats, truncated to whole numbers, to indices; reuses its memory from pass to pass.
/// </summary>
internal sealed unsafe class IndexList
{
    private PinnedInts buffer = new(0);

    /// <summary>
    /// Reads and checks the indices in a bottom. Call it in every pass, backward too: the indices become addresses, and
    /// a layer in place may have overwritten the bottom in between.
    /// </summary>
    /// <param name="context">The layer, for errors.</param>
    /// <param name="bottom">The bottom's number.</param>
    /// <param name="blob">The bottom.</param>
    /// <param name="count">How many items there are to index.</param>
    /// <returns>An index for each value; valid until the next read.</returns>
    /// <exception cref="Cnn.Proto.CnnException">A value is not the index of an item.</exception>
    public int* Read(LayerContext context, int bottom, Blob blob, int count)
    {
        ReadOnlySpan<float> values = blob.Data;
        int* indices = Room(values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];
            indices[i] = value > -1 && value < count
                ? (int)value
                : throw context.Error(
                    $"value {i} of bottom '{context.Parameter.Bottom[bottom]}' is {value}, not an index",
                    count == 0
                        ? "there is nothing to point at"
                        : $"it is cut to a whole number, which must be 0 to {count - 1}");
        }

        return indices;
    }

    /// <summary>Returns a buffer of at least the given number of indices.</summary>
    public int* Room(int count)
    {
        if (buffer.Length < count)
        {
            buffer = new PinnedInts(count);
        }

        return buffer.Pointer;
    }
}
