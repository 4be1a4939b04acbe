namespace Cnn.Layers.Kernels.Recurrent;

/// <summary>
/// How one time step's values [streams, size] are split: whole rows where they are short, pieces of a row where they
/// are long. A few thousand values with their transcendental functions take about as long as waking a thread is worth.
/// </summary>
internal readonly struct StreamParts
{
    // A multiple of every vector's width, so that only a row's end is ragged.
    private const int Values = 2048;

    private readonly int streams;
    private readonly int size;
    private readonly int rows;
    private readonly int pieces;

    /// <summary>The split of so many rows of so many values.</summary>
    public StreamParts(int streams, int size)
    {
        (this.streams, this.size) = (streams, size);
        pieces = (int)(((long)size + Values - 1) / Values);
        rows = pieces > 1 ? 1 : Math.Max(1, Values / Math.Max(size, 1));
    }

    /// <summary>The number of parts.</summary>
    public int Count => checked((int)(((long)streams + rows - 1) / rows * pieces));

    /// <summary>The rows and columns of a part, ends excluded.</summary>
    public void Range(int part, out int firstRow, out int endRow, out int firstColumn, out int endColumn)
    {
        firstRow = part / pieces * rows;
        endRow = (int)Math.Min(streams, firstRow + (long)rows);
        firstColumn = part % pieces * Values;
        endColumn = (int)Math.Min(size, firstColumn + (long)Values);
    }
}
