using static Cnn.Proto.Formats.Lmdb.LmdbFormat;

namespace Cnn.Proto.Formats.Lmdb;

/// <summary>
/// One level of branch pages of a tree that is being written. Children are held back until they fill two pages, so
/// that the last page gets at least two: LMDB does not accept a branch page with a single child.
/// </summary>
internal sealed class LmdbBranchLevel(LmdbTree tree, int level, int pageSize)
{
    private const int MinChildren = 2;

    private readonly List<(byte[] Key, ulong Page)> waiting = [];
    private readonly byte[] page = new byte[pageSize];
    private int bytes;

    /// <summary>The number of pages written.</summary>
    public long Pages { get; private set; }

    /// <summary>The only child that this level ever had, which is then the root; null when there are several.</summary>
    public ulong? SingleChild => Pages == 0 && waiting.Count == 1 ? waiting[0].Page : null;

    /// <summary>Writes the children that are held back, and the number of pages.</summary>
    public void Save(BinaryWriter to)
    {
        to.Write(Pages);
        to.Write(waiting.Count);
        foreach (var (key, child) in waiting)
        {
            LmdbTree.WriteKey(to, key);
            to.Write(child);
        }
    }

    /// <summary>Takes over what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public void Restore(BinaryReader from)
    {
        Pages = from.ReadInt64();
        for (int left = from.ReadInt32(); left > 0; left--)
        {
            byte[] key = LmdbTree.ReadKey(from);
            waiting.Add((key, from.ReadUInt64()));
            bytes += Size(key);
        }
    }

    /// <summary>Adds the next child.</summary>
    /// <param name="key">The smallest key under it.</param>
    /// <param name="child">Its page.</param>
    public void Add(byte[] key, ulong child)
    {
        waiting.Add((key, child));
        bytes += Size(key);
        if (bytes > 2 * (pageSize - PageHeader))
        {
            Write(Fitting());
        }
    }

    /// <summary>Writes the children that are still held back.</summary>
    public void Finish()
    {
        while (waiting.Count > 0)
        {
            int fitting = Fitting();
            int left = waiting.Count - fitting;
            Write(left is > 0 and < MinChildren ? fitting - MinChildren : fitting);
        }
    }

    private static int Size(byte[] key) => sizeof(ushort) + ((NodeHeader + key.Length + 1) & ~1);

    private int Fitting()
    {
        int fitting = 0;
        for (int used = PageHeader; fitting < waiting.Count; fitting++)
        {
            used += Size(waiting[fitting].Key);
            if (used > pageSize)
            {
                break;
            }
        }

        return fitting;
    }

    private void Write(int children)
    {
        Array.Clear(page);
        int lower = PageHeader, upper = pageSize;
        for (int i = 0; i < children; i++)
        {
            var (key, child) = waiting[i];
            bytes -= Size(key);

            // The first key of a branch page is never compared and is therefore left out.
            ReadOnlySpan<byte> stored = i == 0 ? default : key.AsSpan();
            upper -= (NodeHeader + stored.Length + 1) & ~1;
            U16(page, lower, upper);
            lower += sizeof(ushort);
            U32(page, upper, (uint)child);
            U16(page, upper + 4, (int)(child >> 32));
            U16(page, upper + 6, stored.Length);
            stored.CopyTo(page.AsSpan(upper + NodeHeader));
        }

        U16(page, FlagsOffset, BranchPage);
        U16(page, LowerOffset, lower);
        U16(page, UpperOffset, upper);
        Pages++;
        byte[] first = waiting[0].Key;
        waiting.RemoveRange(0, children);
        tree.AddChild(level + 1, first, tree.WritePage(page));
    }
}
