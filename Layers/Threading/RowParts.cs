namespace Cnn.Layers.Threading;

/// <summary>
/// How work over rows is split: parts of several rows where those are short, of a piece of one row where they are long.
/// </summary>
public readonly struct RowParts
{
    private readonly int rows;
    private readonly int length;
    private readonly int rowsPerPart;

    /// <summary>The split of so many rows of a length; a function of the two alone.</summary>
    public RowParts(int rows, int length)
    {
        (this.rows, this.length) = (rows, length);
        rowsPerPart = Math.Max(1, ElementParts.Size / Math.Max(1, length));
        PiecesPerRow = Math.Max(1, ElementParts.Count(length));
        Count = checked((int)(((long)rows + rowsPerPart - 1) / rowsPerPart * PiecesPerRow));
    }

    /// <summary>How many parts there are.</summary>
    public int Count { get; }

    /// <summary>Parts that a long row makes; 1 when parts are whole rows.</summary>
    public int PiecesPerRow { get; }

    /// <summary>Which piece of its row a part is.</summary>
    public int Piece(int part) => part % PiecesPerRow;

    /// <summary>A part: rows First up to and without Last, of each the values Start up to and without End.</summary>
    public (int First, int Last, int Start, int End) Block(int part)
    {
        int first = part / PiecesPerRow * rowsPerPart;
        var (start, end) = ElementParts.Range(part % PiecesPerRow, length);
        return (first, (int)Math.Min(rows, (long)first + rowsPerPart), start, end);
    }
}
