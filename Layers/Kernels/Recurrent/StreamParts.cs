namespace Cnn.Layers.Kernels.Recurrent;

/// <summary>
/// Splits the values [streams, size] of one time step into parts: whole rows where rows are short, pieces of a row
/// where they are long. With their transcendental functions, a few thousand values are enough work to be worth waking a
/// thread.
/// </summary>
internal readonly struct StreamParts
{
    // A multiple of every vector width, so that only the end of a row has a tail.
    private const int Values = 2048;

    private readonly int streams;
    private readonly int size;
    private readonly int rows;
    private readonly int pieces;

    /// <summary>Splits <paramref name="streams"/> rows of <paramref name="size"/> values.</summary>
    public StreamParts(int streams, int size)
    {
        (this.streams, this.size) = (streams, size);
        pieces = (int)(((long)size + Values - 1) / Values);
        rows = pieces > 1 ? 1 : Math.Max(1, Values / Math.Max(size, 1));
    }

    /// <summary>The number of parts.</summary>
    public int Count => checked((int)(((long)streams + rows - 1) / rows * pieces));

    /// <summary>Returns the rows and columns of a part; the ends are exclusive.</summary>
    public void Range(int part, out int firstRow, out int endRow, out int firstColumn, out int endColumn)
    {
        firstRow = part / pieces * rows;
        endRow = (int)Math.Min(streams, firstRow + (long)rows);
        firstColumn = part % pieces * Values;
        endColumn = (int)Math.Min(size, firstColumn + (long)Values);
    }
}
