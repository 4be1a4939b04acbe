namespace Cnn.Layers.Threading;

/// <summary>
/// Splits work over rows into parts: several rows where rows are short, a piece of one row where they are long.
/// </summary>
public readonly struct RowParts
{
    private readonly int rows;
    private readonly int length;
    private readonly int rowsPerPart;

    /// <summary>Splits a number of rows of a length; the split depends only on these two.</summary>
    public RowParts(int rows, int length)
    {
        (this.rows, this.length) = (rows, length);
        rowsPerPart = Math.Max(1, ElementParts.Size / Math.Max(1, length));
        PiecesPerRow = Math.Max(1, ElementParts.Count(length));
        Count = checked((int)(((long)rows + rowsPerPart - 1) / rowsPerPart * PiecesPerRow));
    }

    /// <summary>The number of parts.</summary>
    public int Count { get; }

    /// <summary>The number of parts of a long row; 1 when parts are whole rows.</summary>
    public int PiecesPerRow { get; }

    /// <summary>Returns which piece of its row a part is.</summary>
    public int Piece(int part) => part % PiecesPerRow;

    /// <summary>
    /// Returns a part: the rows from First to Last and, of each row, the values from Start to End; Last and End are
    /// exclusive.
    /// </summary>
    public (int First, int Last, int Start, int End) Block(int part)
    {
        int first = part / PiecesPerRow * rowsPerPart;
        var (start, end) = ElementParts.Range(part % PiecesPerRow, length);
        return (first, (int)Math.Min(rows, (long)first + rowsPerPart), start, end);
    }
}
