using Cnn.Proto.Formats.Records;
using static Cnn.Proto.Formats.Lmdb.LmdbFormat;

namespace Cnn.Proto.Formats.Lmdb;

/// <summary>
/// Reads the unnamed main database of an LMDB environment by position in key order. The file is mapped, not loaded. No
/// lock is taken, so the file must not be written to meanwhile. Any number of threads may read.
/// </summary>
/// <remarks>
/// Opening walks the branch pages and lists the leaves. The records of a leaf are counted only when reading gets that
/// far, so a large database opens at once. Everything that a damaged file may claim is checked before it is used.
/// </remarks>
public sealed class LmdbReader : RecordDatabase
{
    private readonly FileMap map;
    private readonly LmdbMeta meta;
    private readonly long pages;
    private readonly List<long> leaves = [];
    private readonly object counting = new();

    // ends[k] is the number of records in leaves 0 to k; known for the first `counted` leaves.
    private readonly long[] ends;
    private volatile int counted;

    private LmdbReader(FileMap map)
    {
        this.map = map;
        meta = LatestMeta(map);
        pages = map.Length / meta.PageSize;
        if ((meta.Flags & OrderFlags) != 0)
        {
            throw new CnnException(
                $"'{map.Path}' holds a main database with flags 0x{meta.Flags:x}, not plain records in byte order",
                "Caffe's tools write plain records");
        }

        if (meta.Entries > (ulong)pages * (ulong)(meta.PageSize / (NodeHeader + 2)))
        {
            throw map.Error($"it claims {meta.Entries} records, more than {map.Length} bytes can hold");
        }

        Count = (long)meta.Entries;
        if (Count > 0)
        {
            ListLeaves();
        }

        ends = new long[leaves.Count];
    }

    /// <summary>The number of records in the database.</summary>
    public override long Count { get; }

    /// <summary>The path of the data file.</summary>
    public override string Path => map.Path;

    /// <summary>Opens a folder that holds <c>data.mdb</c>, or such a file itself.</summary>
    /// <exception cref="CnnException">There is no such file, or it is damaged or not LMDB.</exception>
    public static new LmdbReader Open(string path)
    {
        string file = path;
        if (Directory.Exists(path))
        {
            file = System.IO.Path.Combine(path, "data.mdb");
            if (!File.Exists(file))
            {
                throw new CnnException(
                    $"'{path}' holds no LMDB database (no data.mdb)", "name the folder that holds data.mdb");
            }
        }

        var map = new FileMap(file, "LMDB file");
        try
        {
            return new LmdbReader(map);
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>Returns the key of a record, which is valid until the reader is disposed of.</summary>
    /// <param name="index">The record's position in key order, from 0.</param>
    /// <exception cref="CnnException">The file is damaged there.</exception>
    public ReadOnlySpan<byte> Key(long index)
    {
        ReadOnlySpan<byte> leaf = Find(index, out int entry, out long page);
        int node = Node(leaf, entry, page, out int keySize);
        return leaf.Slice(node + NodeHeader, keySize);
    }

    /// <summary>Returns the value of a record; see <see cref="Key(long)"/>.</summary>
    /// <exception cref="CnnException">The file is damaged there.</exception>
    public ReadOnlySpan<byte> Value(long index)
    {
        ReadOnlySpan<byte> leaf = Find(index, out int entry, out long page);
        int node = Node(leaf, entry, page, out int keySize);
        uint size = U32(leaf, node);
        int flags = U16(leaf, node + 4);
        int at = node + NodeHeader + keySize;
        if ((flags & (SubDatabase | Duplicates)) != 0)
        {
            throw new CnnException(
                $"'{Path}' holds named databases or several values to a key, not plain records",
                "Caffe's tools write plain records into the main database");
        }

        if ((flags & BigData) == 0)
        {
            return size <= leaf.Length - at
                ? leaf.Slice(at, (int)size)
                : throw map.Error($"record {index} on page {page} has {size} bytes, more than its page");
        }

        if (leaf.Length - at < sizeof(ulong))
        {
            throw map.Error($"record {index} on page {page} does not say where its data are");
        }

        return Overflow(U64(leaf, at), size, index);
    }

    /// <summary>Returns the key of a record; the buffer is not needed.</summary>
    /// <exception cref="CnnException">The file is damaged there.</exception>
    public override ReadOnlySpan<byte> Key(long index, RecordBuffer buffer) => Key(index);

    /// <summary>Returns the value of a record; the buffer is not needed.</summary>
    /// <exception cref="CnnException">The file is damaged there.</exception>
    public override ReadOnlySpan<byte> Value(long index, RecordBuffer buffer) => Value(index);

    /// <summary>Closes the file; spans of it are invalid from then on.</summary>
    public override void Dispose() => map.Dispose();

    private static LmdbMeta LatestMeta(FileMap map)
    {
        if (map.Length < MetaEnd)
        {
            throw map.Error($"it has only {map.Length} bytes");
        }

        ReadOnlySpan<byte> head = map.Span(0, MetaEnd);
        if (LmdbMeta.Read(head, out string problem) is not { } first)
        {
            throw map.Error(problem);
        }

        if (map.Length < 2L * first.PageSize)
        {
            throw map.Error($"it has {map.Length} bytes, its two meta pages alone need {2 * first.PageSize}");
        }

        return LmdbMeta.Read(map.Span(first.PageSize, MetaEnd), out _) is { } second
            && second.PageSize == first.PageSize && second.Transaction > first.Transaction
            ? second
            : first;
    }

    // Depth first, so that the leaves come in key order. A path longer than the tree's depth, or more pages than the
    // file has, can only come from damage and ends the walk.
    private void ListLeaves()
    {
        if (meta.Depth is 0 or > MaxDepth)
        {
            throw map.Error($"its tree of {Count} records has depth {meta.Depth}");
        }

        Span<long> path = stackalloc long[MaxDepth];
        Span<int> position = stackalloc int[MaxDepth];
        path[0] = PageNumber(meta.Root, "the root");
        position[0] = 0;
        long branches = 0;
        int level = 0;
        while (level >= 0)
        {
            if (level == meta.Depth - 1)
            {
                leaves.Add(path[level--]);
                if (leaves.Count > pages)
                {
                    throw map.Error("its pages refer to each other in circles");
                }

                continue;
            }

            ReadOnlySpan<byte> branch = Page(path[level], BranchPage);
            int entries = Entries(branch, path[level]);
            if (position[level] == 0 && ++branches > pages)
            {
                throw map.Error("its pages refer to each other in circles");
            }

            if (position[level] == entries)
            {
                level--;
                continue;
            }

            int node = Node(branch, position[level]++, path[level], out _);
            ulong child = U32(branch, node) | ((ulong)U16(branch, node + 4) << 32);
            path[level + 1] = PageNumber(child, "page", path[level]);
            position[++level] = 0;
        }
    }

    private ReadOnlySpan<byte> Find(long index, out int entry, out long page)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        int known = counted;
        if (known == 0 || index >= ends[known - 1])
        {
            known = CountUpTo(index);
        }

        int low = 0, high = known - 1;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = ends[middle] > index ? (low, middle) : (middle + 1, high);
        }

        page = leaves[low];
        entry = (int)(index - (low == 0 ? 0 : ends[low - 1]));
        ReadOnlySpan<byte> leaf = Page(page, LeafPage);
        return entry < Entries(leaf, page) ? leaf : throw map.Error($"page {page} changed while it was read");
    }

    private int CountUpTo(long index)
    {
        lock (counting)
        {
            int known = counted;
            long total = known == 0 ? 0 : ends[known - 1];
            while (total <= index)
            {
                if (known == leaves.Count)
                {
                    throw map.Error($"it claims {Count} records but holds {total}");
                }

                long page = leaves[known];
                total += Entries(Page(page, LeafPage), page);
                ends[known++] = total;
            }

            if (total > Count || (known == leaves.Count && total != Count))
            {
                string more = known < leaves.Count ? " or more" : "";
                throw map.Error($"it claims {Count} records but holds {total}{more}");
            }

            counted = known;
            return known;
        }
    }

    private long PageNumber(ulong number, string kind, long? from = null) => number >= 2 && number < (ulong)pages
        ? (long)number
        : throw map.Error(
            $"{kind}{(from is null ? "" : $" {from}")} refers to page {number}, the file has {pages} (it may have been "
            + "cut short)");

    private ReadOnlySpan<byte> Page(long number, ushort kind)
    {
        ReadOnlySpan<byte> page = map.Span(number * meta.PageSize, meta.PageSize);
        return U64(page, 0) == (ulong)number && (U16(page, FlagsOffset) & PageKinds) == kind
            ? page
            : throw map.Error($"page {number} is not the {KindName(kind)} page that the tree says it is");
    }

    private int Entries(ReadOnlySpan<byte> page, long number)
    {
        int lower = U16(page, LowerOffset);
        return lower > PageHeader && lower <= page.Length && (lower & 1) == 0
            ? (lower - PageHeader) / sizeof(ushort)
            : throw map.Error($"page {number} has no entries or more than fit");
    }

    private int Node(ReadOnlySpan<byte> page, int entry, long number, out int keySize)
    {
        int node = U16(page, PageHeader + (entry * sizeof(ushort)));
        if (node < U16(page, LowerOffset) || node > page.Length - NodeHeader
            || (keySize = U16(page, node + 6)) > page.Length - node - NodeHeader)
        {
            throw map.Error($"entry {entry} of page {number} lies outside the page");
        }

        return node;
    }

    private ReadOnlySpan<byte> Overflow(ulong reference, uint size, long index)
    {
        long first = PageNumber(reference, "record", index);
        long needed = OverflowPages(size, meta.PageSize);
        ReadOnlySpan<byte> head = Page(first, OverflowPage);
        if (U32(head, RunOffset) < needed || needed > pages - first)
        {
            throw map.Error(
                $"record {index} has {size} bytes, more than its {U32(head, RunOffset)} pages from page {first} hold");
        }

        return size <= int.MaxValue
            ? map.Span((first * meta.PageSize) + PageHeader, (int)size)
            : throw new CnnException(
                $"record {index} of '{Path}' has {size} bytes; at most {int.MaxValue} can be read");
    }

    private static string KindName(ushort kind) => kind switch
    {
        BranchPage => "branch",
        LeafPage => "leaf",
        _ => "overflow",
    };
}
