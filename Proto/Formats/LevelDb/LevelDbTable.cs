using Cnn.Proto.Formats.Records;
using Microsoft.Win32.SafeHandles;
using static Cnn.Proto.Formats.LevelDb.LevelDbFormat;

namespace Cnn.Proto.Formats.LevelDb;

/// <summary>
/// A sorted table: blocks of entries, then an index of the blocks, then the footer that says where the index is.
/// Blocks of filters and statistics are ignored.
/// </summary>
internal sealed class LevelDbTable : IDisposable
{
    private const string Kind = "LevelDB table";

    private readonly string path;

    // Null where the file is opened for each block.
    private readonly FileMap? map;

    // Where each block starts, and its size as stored, without its trailer.
    private readonly List<(long Start, int Size)> blocks = [];

    /// <summary>Opens a table and reads its index.</summary>
    /// <param name="path">The file.</param>
    /// <param name="size">The size of the table as the manifest says.</param>
    /// <param name="mapped">Whether the file stays mapped; otherwise its blocks are read into the buffer.</param>
    /// <exception cref="CnnException">The file cannot be read or is damaged.</exception>
    public LevelDbTable(string path, long size, bool mapped)
    {
        this.path = path;
        var whole = new FileMap(path, Kind);
        try
        {
            if (size < Footer || size > whole.Length)
            {
                throw Error($"it has {whole.Length} bytes, the manifest says {size}");
            }

            ReadIndex(whole, size);
            map = mapped ? whole : null;
        }
        finally
        {
            if (map is null)
            {
                whole.Dispose();
            }
        }
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
        bool held = buffer.Holds(this, index);
        ReadOnlySpan<byte> stored = map is not null ? map.Span(start, size + BlockTrailer)
            : held ? buffer.Stored
            : Read(start, size + BlockTrailer, buffer);
        if (held)
        {
            return stored[size] == Raw ? stored[..size] : buffer.Block;
        }

        buffer.Forget();
        ReadOnlySpan<byte> block = Unpacked(stored, start, buffer);
        buffer.Remember(this, index);
        return block;
    }

    /// <summary>
    /// Returns a block like <see cref="Block"/> but leaves one unverified that is mapped and not packed, so that a walk
    /// over the entries touches no more of the file than their headers.
    /// </summary>
    public ReadOnlySpan<byte> BlockToWalk(int index, RecordBuffer buffer)
    {
        var (start, size) = blocks[index];
        return map is not null && map.Span(start + size, 1)[0] == Raw ? map.Span(start, size) : Block(index, buffer);
    }

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
        Error($"the block at byte {blocks[block].Start} {problem}");

    /// <summary>Closes the file.</summary>
    public void Dispose() => map?.Dispose();

    private CnnException Error(string problem) => FileMap.Error(path, Kind, problem);

    private void ReadIndex(FileMap whole, long size)
    {
        ReadOnlySpan<byte> footer = whole.Span(size - Footer, Footer);
        if (U64(footer[^sizeof(ulong)..]) != Magic)
        {
            throw Error("it does not end with LevelDB's magic number");
        }

        int at = 0;
        if (!TryHandle(footer, ref at, size, out _, out _)
            || !TryHandle(footer, ref at, size, out long start, out int length))
        {
            throw Error("its footer refers to blocks outside it");
        }

        ReadOnlySpan<byte> index = Unpacked(whole.Span(start, length + BlockTrailer), start, new RecordBuffer());
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
                throw Error($"entry {blocks.Count} of its index at byte {start} refers to no block after the last");
            }

            blocks.Add((block, blockLength));
            end = block + blockLength + BlockTrailer;
            next = entry.End;
        }

        if (limit < 0)
        {
            throw Error($"its index at byte {start} has no list of restarts");
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

    private ReadOnlySpan<byte> Read(long start, int size, RecordBuffer buffer)
    {
        Span<byte> room = buffer.StoredRoom(size);
        try
        {
            using SafeFileHandle file = File.OpenHandle(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            for (int read = 0; read < size;)
            {
                int more = RandomAccess.Read(file, room[read..], start + read);
                read += more > 0 ? more : throw Error($"it ends within the block at byte {start}");
            }

            return room;
        }
        catch (Exception exception) when (FileErrors.From(path, "read", exception) is { } error)
        {
            throw error;
        }
    }

    // Verifies a block, which its trailer follows, and unpacks it if it is compressed.
    private ReadOnlySpan<byte> Unpacked(ReadOnlySpan<byte> stored, long start, RecordBuffer buffer)
    {
        if (Checksum(stored[..^sizeof(uint)]) != U32(stored[^sizeof(uint)..]))
        {
            throw Error($"the block at byte {start} has the wrong checksum");
        }

        ReadOnlySpan<byte> packed = stored[..^BlockTrailer];
        byte method = stored[packed.Length];
        if (method == Raw)
        {
            return packed;
        }

        if (method != LevelDbFormat.Snappy)
        {
            throw new CnnException(
                $"the block at byte {start} of '{path}' is compressed by method {method}",
                "Snappy (1) and no compression (0) can be read: write the database with one of these");
        }

        int at = 0;
        if (!TryLength(packed, ref at, out int size)
            || size > LargestBlock
            || size > (long)MostExpansion * packed.Length)
        {
            throw Error($"the block at byte {start} claims to unpack to more than {packed.Length} bytes can hold");
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

        throw Error($"the block at byte {start} is no Snappy data");
    }
}
