using System.Buffers.Binary;

namespace Cnn.Proto.Formats.Lmdb;

/// <summary>
/// Offsets and flags of LMDB's data file, version 1, as 64-bit little-endian machines write it. A page starts with a
/// 16-byte header: page number (8), padding (2), flags (2), then either the bounds of the free space (2 + 2) or, on an
/// overflow page, the number of pages of the run (4).
/// </summary>
internal static class LmdbFormat
{
    public const uint Magic = 0xBEEFC0DE;
    public const uint FormatVersion = 1;
    public const ulong NoPage = ulong.MaxValue;

    public const int PageHeader = 16;
    public const int FlagsOffset = 10, LowerOffset = 12, UpperOffset = 14, RunOffset = 12;
    public const ushort BranchPage = 1, LeafPage = 2, OverflowPage = 4, MetaPage = 8, PageKinds = 0x2F;

    // The meta page: after the header magic, version, address, map size, two databases, last page, transaction.
    public const int MetaMagic = 16, MetaVersion = 20, MetaMapSize = 32, MetaFree = 40, MetaMain = 88;
    public const int MetaLastPage = 136, MetaTransaction = 144, MetaEnd = 152;

    // A database: padding (the page size, in the database of free pages), flags, depth, page counts, entries, root.
    public const int DbPad = 0, DbFlags = 4, DbDepth = 6, DbBranches = 8, DbLeaves = 16, DbOverflows = 24;
    public const int DbEntries = 32, DbRoot = 40;
    public const ushort IntegerKeys = 8;
    public const ushort OrderFlags = 0x02 | 0x04 | 0x08 | 0x10 | 0x20 | 0x40;

    // A node: low and high half of the size of the data, flags, size of the key, key, data.
    public const int NodeHeader = 8;
    public const ushort BigData = 1, SubDatabase = 2, Duplicates = 4;

    public const int MinPageSize = 512, MaxPageSize = 65536, MaxDepth = 32, MaxKey = 511;

    /// <summary>
    /// The largest node that stays in a leaf, so that at least two fit; larger data goes to overflow pages.
    /// </summary>
    public static int MaxNode(int pageSize) => (((pageSize - PageHeader) / 2) & ~1) - 2;

    /// <summary>Returns the number of pages of an overflow run that holds data of some size.</summary>
    public static long OverflowPages(long size, int pageSize) => (PageHeader + size + pageSize - 1) / pageSize;

    public static ushort U16(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt16LittleEndian(from[at..]);

    public static uint U32(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt32LittleEndian(from[at..]);

    public static ulong U64(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt64LittleEndian(from[at..]);

    public static void U16(Span<byte> to, int at, int value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(to[at..], checked((ushort)value));

    public static void U32(Span<byte> to, int at, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(to[at..], value);

    public static void U64(Span<byte> to, int at, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(to[at..], value);
}
