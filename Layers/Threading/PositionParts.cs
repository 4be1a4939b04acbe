namespace Cnn.Layers.Threading;

/// <summary>
/// How work over [outer, channels, inner] is split when all channels of a position belong together: parts of several
/// outer items where those are small, of a stretch of the inner axis of one item where they are large.
/// </summary>
public readonly struct PositionParts
{
    private readonly int outer;
    private readonly int inner;
    private readonly int itemsPerPart;
    private readonly int innerPerPart;
    private readonly int partsPerItem;

    /// <summary>The split of a shape; a function of the shape alone.</summary>
    public PositionParts(int outer, int channels, int inner)
    {
        (this.outer, this.inner) = (outer, inner);
        long item = Math.Max(1, (long)channels * inner);
        itemsPerPart = (int)Math.Max(1, ElementParts.Size / item);
        (innerPerPart, partsPerItem) = (Math.Max(1, inner), 1);
        if (item > ElementParts.Size)
        {
            // Whole cache lines of every channel.
            innerPerPart = (Math.Max(1, ElementParts.Size / Math.Max(1, channels)) + 15) / 16 * 16;
            partsPerItem = (int)(((long)inner + innerPerPart - 1) / innerPerPart);
        }

        Count = inner == 0 ? 0 : checked((int)(((long)outer + itemsPerPart - 1) / itemsPerPart * partsPerItem));
    }

    /// <summary>How many parts there are.</summary>
    public int Count { get; }

    /// <summary>
    /// A part: items FirstItem up to and without EndItem, of each the inner places Start up to and without End.
    /// </summary>
    public (int FirstItem, int EndItem, int Start, int End) Block(int part)
    {
        int item = part / partsPerItem * itemsPerPart, start = part % partsPerItem * innerPerPart;
        return (
            item,
            (int)Math.Min(outer, (long)item + itemsPerPart),
            start,
            (int)Math.Min(inner, (long)start + innerPerPart));
    }
}
