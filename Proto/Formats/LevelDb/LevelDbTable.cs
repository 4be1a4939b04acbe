using Cnn.Proto.Formats.Records;
using static Cnn.Proto.Formats.LevelDb.LevelDbFormat;

namespace Cnn.Proto.Formats.LevelDb;

/// <summary>
/// A sorted table: blocks of entries, then an index of the blocks, then the footer that says where the index is.
/// Blocks of filters and statistics are ignored.
/// </summary>
internal sealed class LevelDbTable : IDisposable
{
    private readonly FileMap map;

    // Where each block starts, and its size as stored, without its trailer.
    private readonly List<(long Start, int Size)> blocks = [];

    /// <summary>Opens a table and reads its index.</summary>
    /// <param name="map">The file, which the table owns from now on.</param>
    /// <param name="size">The size of the table as the manifest says.</param>
    /// <exception cref="CnnException">The file is damaged.</exception>
    public LevelDbTable(FileMap map, long size)
    {
        this.map = map;
        if (size < Footer || size > map.Length)
        {
            throw map.Error($"it has {map.Length} bytes, the manifest says {size}");
        }

        ReadIndex(size);
    }

    /// <summary>The number of blocks.</summary>
    public int BlockCount => blocks.Count;

    /// <summary>
    /// Returns a block, its checksum verified, from the file or unpacked into the buffer; valid until the next use of
    /// the buffer.
    /// </summary>
    /// <exception cref="CnnException">The block is damaged.</exception>
    public ReadOnlySpan<byte> Block(int index, RecordBuffer buffer)
    {
        var (start, size) = blocks[index];
        bool packed = IsPacked(index);
        if (buffer.Holds(this, index))
        {
            return packed ? buffer.Block : map.Span(start, size);
        }

        buffer.Forget();
        ReadOnlySpan<byte> block = Verified(start, size);
        if (packed)
        {
            block = Unpack(block, start, buffer);
        }

        buffer.Remember(this, index);
        return block;
    }

    /// <summary>
    /// Returns a block like <see cref="Block"/> but leaves one that is not packed unverified, so that a walk over the
    /// entries touches no more of the file than their headers.
    /// </summary>
    public ReadOnlySpan<byte> BlockToWalk(int index, RecordBuffer buffer) =>
        IsPacked(index) ? Block(index, buffer) : map.Span(blocks[index].Start, blocks[index].Size);

    /// <summary>Returns the value of an entry; see <see cref="Block"/>.</summary>
    /// <exception cref="CnnException">The block is damaged.</exception>
    public ReadOnlySpan<byte> Value(int block, int at, RecordBuffer buffer)
    {
        ReadOnlySpan<byte> bytes = Block(block, buffer);
        LevelDbEntry entry = Entry(bytes, Limit(bytes, block), at, block);
        return bytes[entry.ValueStart..entry.End];
    }

    /// <summary>Returns the user's key of an entry, which is made in the buffer.</summary>
    /// <exception cref="CnnException">The block is damaged.</exception>
    public ReadOnlySpan<byte> Key(int block, int at, RecordBuffer buffer)
    {
        ReadOnlySpan<byte> bytes = Block(block, buffer);
        int limit = Limit(bytes, block), next = LevelDbEntry.Restart(bytes, limit, at);
        buffer.Key.Clear();
        while (next >= 0 && next <= at)
        {
            LevelDbEntry entry = Entry(bytes, limit, next, block);
            if (!entry.TryKey(bytes, buffer.Key))
            {
                break;
            }

            if (next == at && buffer.Key.Span.Length >= KeyTag)
            {
                return buffer.Key.Span[..^KeyTag];
            }

            next = entry.End;
        }

        throw Error(block, $"has no key for the entry at {at}");
    }

    /// <summary>Returns where the entries of a block end.</summary>
    /// <exception cref="CnnException">The block is damaged.</exception>
    public int Limit(ReadOnlySpan<byte> bytes, int block) =>
        LevelDbEntry.Limit(bytes) is >= 0 and int limit ? limit : throw Error(block, "has no list of restarts");

    /// <summary>Returns an entry of a block.</summary>
    /// <exception cref="CnnException">The block is damaged.</exception>
    public LevelDbEntry Entry(ReadOnlySpan<byte> bytes, int limit, int at, int block) =>
        LevelDbEntry.TryRead(bytes, limit, at, out LevelDbEntry entry)
            ? entry
            : throw Error(block, $"ends within its entry at {at}");

    /// <summary>Returns the error for a block that is not as it should be.</summary>
    public CnnException Error(int block, string problem) =>
        map.Error($"the block at byte {blocks[block].Start} {problem}");

    /// <summary>Closes the file.</summary>
    public void Dispose() => map.Dispose();

    private bool IsPacked(int index) => map.Span(blocks[index].Start + blocks[index].Size, 1)[0] != Raw;

    private void ReadIndex(long size)
    {
        ReadOnlySpan<byte> footer = map.Span(size - Footer, Footer);
        if (U64(footer[^sizeof(ulong)..]) != Magic)
        {
            throw map.Error("it does not end with LevelDB's magic number");
        }

        int at = 0;
        if (!TryHandle(footer, ref at, size, out _, out _)
            || !TryHandle(footer, ref at, size, out long start, out int length))
        {
            throw map.Error("its footer refers to blocks outside it");
        }

        ReadOnlySpan<byte> index = Verified(start, length);
        if (map.Span(start + length, 1)[0] != Raw)
        {
            index = Unpack(index, start, new RecordBuffer());
        }

        int limit = LevelDbEntry.Limit(index);
        long end = 0;
        for (int next = 0; next < limit;)
        {
            // Blocks that overlap could make a small file endless.
            if (!LevelDbEntry.TryRead(index, limit, next, out LevelDbEntry entry)
                || (at = entry.ValueStart) < 0
                || !TryHandle(index[..entry.End], ref at, size, out long block, out int blockLength)
                || block < end)
            {
                throw map.Error($"entry {blocks.Count} of its index at byte {start} refers to no block after the last");
            }

            blocks.Add((block, blockLength));
            end = block + blockLength + BlockTrailer;
            next = entry.End;
        }

        if (limit < 0)
        {
            throw map.Error($"its index at byte {start} has no list of restarts");
        }
    }

    private static bool TryHandle(ReadOnlySpan<byte> from, ref int at, long size, out long start, out int length)
    {
        (start, length) = (0, 0);
        if (!TryVarint(from, ref at, out ulong offset)
            || !TryLength(from, ref at, out length)
            || offset > (ulong)(size - Footer)
            || length > size - Footer - (long)offset - BlockTrailer)
        {
            return false;
        }

        start = (long)offset;
        return true;
    }

    private ReadOnlySpan<byte> Verified(long start, int size)
    {
        ReadOnlySpan<byte> bytes = map.Span(start, size + BlockTrailer);
        return Checksum(bytes[..(size + 1)]) == U32(bytes[(size + 1)..])
            ? bytes[..size]
            : throw map.Error($"the block at byte {start} has the wrong checksum");
    }

    private ReadOnlySpan<byte> Unpack(ReadOnlySpan<byte> packed, long start, RecordBuffer buffer)
    {
        byte method = map.Span(start + packed.Length, 1)[0];
        if (method != LevelDbFormat.Snappy)
        {
            throw new CnnException(
                $"the block at byte {start} of '{map.Path}' is compressed by method {method}",
                "Snappy (1) and no compression (0) can be read: write the database with one of these");
        }

        int at = 0;
        if (!TryLength(packed, ref at, out int size)
            || size > LargestBlock
            || size > (long)MostExpansion * packed.Length)
        {
            throw map.Error($"the block at byte {start} claims to unpack to more than {packed.Length} bytes can hold");
        }

        Span<byte> room = buffer.Room(size);
        try
        {
            if (Snappier.Snappy.TryDecompress(packed, room, out int written) && written == size)
            {
                return room;
            }
        }
        catch (InvalidDataException)
        {
            // The error below says it with the place.
        }

        throw map.Error($"the block at byte {start} is no Snappy data");
    }
}
