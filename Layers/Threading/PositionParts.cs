namespace Cnn.Layers.Threading;

/// <summary>
/// Splits work over [outer, channels, inner] into parts where all channels of a position belong together: several outer
/// items where items are small, a range of the inner axis of one item where they are large.
/// </summary>
public readonly struct PositionParts
{
    private readonly int outer;
    private readonly int inner;
    private readonly int itemsPerPart;
    private readonly int innerPerPart;
    private readonly int partsPerItem;

    /// <summary>Splits a shape; the split depends only on the shape.</summary>
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

    /// <summary>The number of parts.</summary>
    public int Count { get; }

    /// <summary>
    /// Returns a part: the items from FirstItem to EndItem and, of each item, the inner positions from Start to End;
    /// the ends are exclusive.
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
