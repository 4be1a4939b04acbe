namespace Cnn.Layers.Data;

/// <summary>The items of all passes of one blob, in the old view of four axes.</summary>
internal sealed class Hdf5Rows
{
    private float[] values = [];
    private int count;

    /// <summary>Items, channels, height, width.</summary>
    public int[] Shape { get; } = [0, 0, 0, 0];

    /// <summary>The values of all items.</summary>
    public Memory<float> Values => values.AsMemory(0, count);

    /// <summary>Whether a blob's items are of the size of those before; any size fits at first.</summary>
    public bool Fits(Blob blob) =>
        Shape[0] == 0
        || (blob.LegacyDim(1) == Shape[1] && blob.LegacyDim(2) == Shape[2] && blob.LegacyDim(3) == Shape[3]);

    /// <summary>Adds a blob's items; false if there would be more values than an array has.</summary>
    public bool TryAppend(Blob blob)
    {
        long needed = (long)count + blob.Count;
        if (needed > Array.MaxLength)
        {
            return false;
        }

        if (needed > values.Length)
        {
            Array.Resize(ref values, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * values.Length)));
        }

        blob.Data.CopyTo(values.AsSpan(count));
        count = (int)needed;
        Shape[0] += blob.LegacyDim(0);
        for (int axis = 1; axis < 4; axis++)
        {
            Shape[axis] = blob.LegacyDim(axis);
        }

        return true;
    }
}
