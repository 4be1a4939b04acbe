using static Cnn.Proto.Formats.Lmdb.LmdbFormat;

namespace Cnn.Proto.Formats.Lmdb;

/// <summary>One of a file's two meta pages: what the last finished transaction left.</summary>
/// <param name="PageSize">Bytes a page.</param>
/// <param name="Flags">The main database's flags.</param>
/// <param name="Depth">Levels of its tree; 0 when it is empty.</param>
/// <param name="Branches">Its branch pages.</param>
/// <param name="Leaves">Its leaf pages.</param>
/// <param name="Entries">Its records.</param>
/// <param name="Root">The page of its root.</param>
/// <param name="Transaction">The transaction's number: the greater of the two pages is valid.</param>
internal readonly record struct LmdbMeta(
    int PageSize, ushort Flags, int Depth, ulong Branches, ulong Leaves, ulong Entries, ulong Root, ulong Transaction)
{
    /// <summary>Reads a meta page; null, and why, where it is none.</summary>
    public static LmdbMeta? Read(ReadOnlySpan<byte> page, out string problem)
    {
        problem = "";
        if (page.Length < MetaEnd)
        {
            problem = $"it ends within a meta page, after {page.Length} bytes";
        }
        else if (U32(page, MetaMagic) != Magic || (U16(page, FlagsOffset) & MetaPage) == 0)
        {
            problem = "it does not start with LMDB's mark";
        }
        else if (U32(page, MetaVersion) != FormatVersion)
        {
            problem = $"its format version is {U32(page, MetaVersion)}, only {FormatVersion} is known";
        }
        else if (U32(page, MetaFree + DbPad) is var size
            && (size is < MinPageSize or > MaxPageSize || (size & (size - 1)) != 0))
        {
            problem = $"its page size is {size}, not a power of two from {MinPageSize} to {MaxPageSize}";
        }
        else
        {
            return new LmdbMeta(
                (int)size,
                U16(page, MetaMain + DbFlags),
                U16(page, MetaMain + DbDepth),
                U64(page, MetaMain + DbBranches),
                U64(page, MetaMain + DbLeaves),
                U64(page, MetaMain + DbEntries),
                U64(page, MetaMain + DbRoot),
                U64(page, MetaTransaction));
        }

        return null;
    }
}
