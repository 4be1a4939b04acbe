namespace Cnn.Layers.Data.Hdf5;

/// <summary>
/// The order in which HDF5Data takes the rows of its files: file by file, one epoch after the other. A pure function of
/// the row's index; its only state is the file order of the epoch last asked for.
/// </summary>
internal sealed class Hdf5RowOrder
{
    private readonly int[] rows;
    private readonly bool shuffle;
    private readonly ulong key;
    private readonly long total;
    private readonly int[] order;
    private readonly long[] ends;
    private long epoch = -1;

    /// <param name="rows">The rows of each file.</param>
    /// <param name="shuffle">Whether each epoch takes files and rows in its own order.</param>
    /// <param name="key">Key of that order.</param>
    public Hdf5RowOrder(int[] rows, bool shuffle, ulong key)
    {
        (this.rows, this.shuffle, this.key) = (rows, shuffle, key);
        (order, ends) = (new int[rows.Length], new long[rows.Length]);
        foreach (int count in rows)
        {
            total += count;
        }
    }

    /// <summary>Returns the file, and the row in it, of a row's index, counted since training began.</summary>
    public (int File, int Row) Find(long index)
    {
        long ofEpoch = index / total, place = index % total;
        if (ofEpoch != epoch)
        {
            Arrange(ofEpoch);
        }

        // The first end beyond the place: files without rows are skipped.
        int low = 0, high = ends.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = ends[middle] <= place ? (middle + 1, high) : (low, middle);
        }

        int file = order[low];
        long row = place - (ends[low] - rows[file]);
        return (file, (int)(shuffle ? EpochOrder.ItemAt(key, (epoch * rows.Length) + file, row, rows[file]) : row));
    }

    private void Arrange(long newEpoch)
    {
        epoch = newEpoch;
        long end = 0;
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = shuffle ? (int)EpochOrder.ItemAt(~key, epoch, i, order.Length) : i;
            end += rows[order[i]];
            ends[i] = end;
        }
    }
}
