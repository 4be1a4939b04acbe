using static Cnn.Proto.Formats.Lmdb.LmdbFormat;

namespace Cnn.Proto.Formats.Lmdb;

/// <summary>One of a file's two meta pages: the state after the last finished transaction.</summary>
/// <param name="PageSize">Bytes per page.</param>
/// <param name="Flags">The main database's flags.</param>
/// <param name="Depth">The levels of its tree; 0 when it is empty.</param>
/// <param name="Branches">The number of its branch pages.</param>
/// <param name="Leaves">The number of its leaf pages.</param>
/// <param name="Entries">The number of its records.</param>
/// <param name="Root">The page of its root.</param>
/// <param name="Transaction">The number of the transaction; the page with the greater number is valid.</param>
internal readonly record struct LmdbMeta(
    int PageSize, ushort Flags, int Depth, ulong Branches, ulong Leaves, ulong Entries, ulong Root, ulong Transaction)
{
    /// <summary>Reads a meta page; returns null, and the problem, where it is not one.</summary>
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
