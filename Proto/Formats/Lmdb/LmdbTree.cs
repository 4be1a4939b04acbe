using static Cnn.Proto.Formats.Lmdb.LmdbFormat;

namespace Cnn.Proto.Formats.Lmdb;

/// <summary>
/// Writes the data file of an LMDB environment in one pass from records in ascending key order: leaves and overflow
/// runs as they fill, branch pages above them, the meta pages at the end.
/// </summary>
internal sealed class LmdbTree : IDisposable
{
    private const int PageSize = 4096;
    private const long SmallestMap = 1 << 20;

    private readonly FileStream file;
    private readonly List<LmdbBranchLevel> levels = [];
    private readonly byte[] leaf = new byte[PageSize];
    private byte[] firstKey = [];
    private byte[] lastKey = [];
    private int lower = PageHeader, upper = PageSize;
    private ulong nextPage = 2, leaves, overflows;

    /// <summary>Creates a file, replacing an existing one.</summary>
    public LmdbTree(string path)
    {
        file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        file.Write(new byte[2 * PageSize]);
    }

    /// <summary>Goes on with a file from where <see cref="Save"/> left it; what was written later is cut off.</summary>
    /// <exception cref="InvalidDataException">The state is damaged, or the file is not as it says.</exception>
    public LmdbTree(string path, BinaryReader state)
    {
        file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None, 1 << 20);
        try
        {
            Restore(state);
            file.SetLength((long)nextPage * PageSize);
            file.Seek(0, SeekOrigin.End);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The number of records added.</summary>
    public long Count { get; private set; }

    /// <summary>The greatest key so far.</summary>
    public ReadOnlySpan<byte> LastKey => lastKey;

    /// <summary>Adds a record whose key is greater than <see cref="LastKey"/>.</summary>
    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        bool big = NodeHeader + key.Length + value.Length > MaxNode(PageSize);
        int node = (NodeHeader + key.Length + (big ? sizeof(ulong) : value.Length) + 1) & ~1;
        if (node + sizeof(ushort) > upper - lower)
        {
            FlushLeaf();
        }

        if (lower == PageHeader)
        {
            firstKey = key.ToArray();
        }

        upper -= node;
        U16(leaf, lower, upper);
        lower += sizeof(ushort);
        U16(leaf, upper, value.Length & 0xFFFF);
        U16(leaf, upper + 2, value.Length >>> 16);
        U16(leaf, upper + 4, big ? BigData : 0);
        U16(leaf, upper + 6, key.Length);
        Span<byte> data = leaf.AsSpan(upper + NodeHeader);
        key.CopyTo(data);
        if (big)
        {
            U64(data, key.Length, WriteOverflow(value));
        }
        else
        {
            value.CopyTo(data[key.Length..]);
        }

        if (lastKey.Length != key.Length)
        {
            lastKey = new byte[key.Length];
        }

        key.CopyTo(lastKey);
        Count++;
    }

    /// <summary>Flushes the whole pages to disk and writes all else that is needed to go on.</summary>
    public void Save(BinaryWriter to)
    {
        DiskFlush.Of(file);
        to.Write(Count);
        to.Write(nextPage);
        to.Write(leaves);
        to.Write(overflows);
        to.Write(lower);
        to.Write(upper);
        to.Write(leaf);
        WriteKey(to, firstKey);
        WriteKey(to, lastKey);
        to.Write(levels.Count);
        levels.ForEach(level => level.Save(to));
    }

    /// <summary>Writes what is pending and the meta pages, and flushes the file to disk.</summary>
    public void Finish()
    {
        if (lower > PageHeader)
        {
            FlushLeaf();
        }

        ulong root = NoPage;
        if (Count > 0)
        {
            // A level that ends with a single page holds the root; finishing a level may start the one above it.
            for (int i = 0; i < levels.Count; i++)
            {
                if (levels[i].SingleChild is { } only)
                {
                    levels.RemoveRange(i, levels.Count - i);
                    root = only;
                    break;
                }

                levels[i].Finish();
            }
        }

        WriteMetas(root);
        DiskFlush.Of(file);
    }

    /// <summary>Closes the file, finished or not.</summary>
    public void Dispose() => file.Dispose();

    /// <summary>Writes a key with its length.</summary>
    internal static void WriteKey(BinaryWriter to, byte[] key)
    {
        to.Write((ushort)key.Length);
        to.Write(key);
    }

    /// <summary>Reads what <see cref="WriteKey"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It ends early.</exception>
    internal static byte[] ReadKey(BinaryReader from)
    {
        int length = from.ReadUInt16();
        byte[] key = from.ReadBytes(length);
        return key.Length == length ? key : throw new InvalidDataException("a key ends early");
    }

    /// <summary>Writes the next page, with its number in its header.</summary>
    internal ulong WritePage(Span<byte> page)
    {
        U64(page, 0, nextPage);
        file.Write(page);
        return nextPage++;
    }

    /// <summary>Adds a finished page to the level of branches above it.</summary>
    internal void AddChild(int level, byte[] key, ulong page)
    {
        if (level == levels.Count)
        {
            levels.Add(new LmdbBranchLevel(this, level, PageSize));
        }

        levels[level].Add(key, page);
    }

    private void Restore(BinaryReader from)
    {
        Count = from.ReadInt64();
        nextPage = from.ReadUInt64();
        leaves = from.ReadUInt64();
        overflows = from.ReadUInt64();
        (lower, upper) = (from.ReadInt32(), from.ReadInt32());
        if (Count < 0 || nextPage < 2 || nextPage > (ulong)file.Length / PageSize
            || lower < PageHeader || upper < lower || upper > PageSize)
        {
            throw new InvalidDataException("the pages are not those of the state");
        }

        from.BaseStream.ReadExactly(leaf);
        (firstKey, lastKey) = (ReadKey(from), ReadKey(from));
        for (int left = from.ReadInt32(); left > 0; left--)
        {
            levels.Add(new LmdbBranchLevel(this, levels.Count, PageSize));
            levels[^1].Restore(from);
        }
    }

    private void FlushLeaf()
    {
        U16(leaf, FlagsOffset, LeafPage);
        U16(leaf, LowerOffset, lower);
        U16(leaf, UpperOffset, upper);
        ulong page = WritePage(leaf);
        leaves++;
        Array.Clear(leaf);
        (lower, upper) = (PageHeader, PageSize);
        AddChild(0, firstKey, page);
    }

    private ulong WriteOverflow(ReadOnlySpan<byte> value)
    {
        long pages = OverflowPages(value.Length, PageSize);
        Span<byte> head = stackalloc byte[PageHeader];
        head.Clear();
        U64(head, 0, nextPage);
        U16(head, FlagsOffset, OverflowPage);
        U32(head, RunOffset, (uint)pages);
        file.Write(head);
        file.Write(value);
        int rest = (int)((pages * PageSize) - PageHeader - value.Length);
        Span<byte> zeros = stackalloc byte[PageSize];
        zeros.Clear();
        file.Write(zeros[..rest]);
        ulong first = nextPage;
        nextPage += (ulong)pages;
        overflows += (ulong)pages;
        return first;
    }

    // Both meta pages refer to the same tree, so that damage to one of them loses nothing; a later writer replaces the
    // first.
    private void WriteMetas(ulong root)
    {
        var page = new byte[PageSize];
        file.Position = 0;
        for (ulong number = 0; number < 2; number++)
        {
            U64(page, 0, number);
            U16(page, FlagsOffset, MetaPage);
            U32(page, MetaMagic, Magic);
            U32(page, MetaVersion, FormatVersion);
            U64(page, MetaMapSize, Math.Max(SmallestMap, nextPage * PageSize));
            U32(page, MetaFree + DbPad, PageSize);
            U16(page, MetaFree + DbFlags, IntegerKeys);
            U64(page, MetaFree + DbRoot, NoPage);
            U16(page, MetaMain + DbDepth, Count == 0 ? 0 : levels.Count + 1);
            U64(page, MetaMain + DbBranches, (ulong)levels.Sum(level => level.Pages));
            U64(page, MetaMain + DbLeaves, leaves);
            U64(page, MetaMain + DbOverflows, overflows);
            U64(page, MetaMain + DbEntries, (ulong)Count);
            U64(page, MetaMain + DbRoot, root);
            U64(page, MetaLastPage, nextPage - 1);
            U64(page, MetaTransaction, number);
            file.Write(page);
        }
    }
}
