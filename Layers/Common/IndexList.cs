using Cnn.Layers.Threading;

namespace Cnn.Layers.Common;

/// <summary>The whole parts of a blob's floats, as indices into something; keeps its memory from pass to pass.</summary>
internal sealed unsafe class IndexList
{
    private PinnedInts room = new(0);

    /// <summary>
    /// The indices in a bottom, each checked. To be read anew in every pass, backward too: they become addresses, and a
    /// layer in place may have written over the bottom in between.
    /// </summary>
    /// <param name="context">The layer, for errors.</param>
    /// <param name="bottom">The bottom's number.</param>
    /// <param name="blob">The bottom.</param>
    /// <param name="count">How many things there are to point at.</param>
    /// <returns>An index for each value; valid until the next read.</returns>
    /// <exception cref="Cnn.Proto.CnnException">A value is no index of one of them.</exception>
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

    /// <summary>Room for so many numbers.</summary>
    public int* Room(int count)
    {
        if (room.Length < count)
        {
            room = new PinnedInts(count);
        }

        return room.Pointer;
    }
}
