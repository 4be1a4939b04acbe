using Cnn.Fillers;

namespace Cnn.Layers.Data;

/// <summary>
/// A shuffled order of a data set as a pure function, without a table: a Feistel network (Luby and Rackoff, 1988) over
/// the smallest even number of bits that can number the items, keyed by the counter-based generator and applied again
/// until it gives one of them (cycle walking, Black and Rogaway, 2002).
/// </summary>
internal static class EpochOrder
{
    private const int Rounds = 4;

    /// <summary>Returns the item at a position in the order of an epoch: a permutation of 0 to count - 1.</summary>
    /// <param name="key">Key of the order, from the seed and the layer's name.</param>
    /// <param name="epoch">The epoch; each has its own order.</param>
    /// <param name="place">The position, from 0.</param>
    /// <param name="count">Items.</param>
    public static long ItemAt(ulong key, long epoch, long place, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(place);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, count);
        int half = 1;
        while (1L << (2 * half) < count)
        {
            half++;
        }

        uint mask = (uint)((1UL << half) - 1);
        ulong item = (ulong)place;
        do
        {
            uint left = (uint)(item >> half), right = (uint)item & mask;
            for (ulong round = 0; round < Rounds; round++)
            {
                uint mixed = PhiloxRandom.Block(key, right | (round << 32), (ulong)epoch).A & mask;
                (left, right) = (right, left ^ mixed);
            }

            item = ((ulong)left << half) | right;
        }
        while (item >= (ulong)count);

        return (long)item;
    }
}
