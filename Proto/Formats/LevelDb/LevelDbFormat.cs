using System.Buffers.Binary;

namespace Cnn.Proto.Formats.LevelDb;

/// <summary>
/// Numbers of LevelDB's published formats: sorted tables (doc/table_format.md), logs (doc/log_format.md) and what is
/// written into them. Fixed numbers are little-endian; a varint has 7 bits a byte, the lowest first.
/// </summary>
internal static class LevelDbFormat
{
    public const string CurrentFile = "CURRENT";

    // A log is a sequence of blocks; a fragment of a record has a checksum (4), a length (2) and a type (1) before it.
    public const int LogBlock = 32768, LogHeader = 7;
    public const byte Zeros = 0, Full = 1, First = 2, Middle = 3, Last = 4;

    // A batch of the log starts with the sequence number of its first entry (8) and the number of its entries (4).
    public const int BatchHeader = 12;

    // A table ends with the handles of two blocks, padding and the magic number.
    public const int Footer = 48;
    public const ulong Magic = 0xDB4775248B80FB57;

    // A block is followed by its method of compression (1) and a checksum (4) of both.
    public const int BlockTrailer = 5;
    public const byte Raw = 0, Snappy = 1;
    public const int LargestBlock = 1 << 30;

    // Snappy's longest copy makes 64 bytes of 3.
    public const int MostExpansion = 24;

    // A key of a table is the user's key and (sequence number << 8 | type).
    public const int KeyTag = 8;
    public const byte Deletion = 0, Value = 1;

    public const int Levels = 7;

    /// <summary>The name of the order of bytes, which is LevelDB's default.</summary>
    public static ReadOnlySpan<byte> ComparatorName => "leveldb.BytewiseComparator"u8;

    public static ushort U16(ReadOnlySpan<byte> from) => BinaryPrimitives.ReadUInt16LittleEndian(from);

    public static uint U32(ReadOnlySpan<byte> from) => BinaryPrimitives.ReadUInt32LittleEndian(from);

    public static ulong U64(ReadOnlySpan<byte> from) => BinaryPrimitives.ReadUInt64LittleEndian(from);

    public static void U64(Span<byte> to, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(to, value);

    /// <summary>Returns the checksum of data as the files store it.</summary>
    public static uint Checksum(ReadOnlySpan<byte> data) => MaskedCrc32C.Of(data);

    /// <summary>Reads a varint and moves past it; returns false where there is none of at most 64 bits.</summary>
    public static bool TryVarint(ReadOnlySpan<byte> from, ref int at, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64 && at < from.Length; shift += 7)
        {
            byte b = from[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a varint that counts bytes or the like; returns false where it is missing or too large.</summary>
    public static bool TryLength(ReadOnlySpan<byte> from, ref int at, out int length)
    {
        bool read = TryVarint(from, ref at, out ulong value) && value <= int.MaxValue;
        length = read ? (int)value : 0;
        return read;
    }

    /// <summary>Compares two keys of a table: by the user's key, the newer entry first.</summary>
    public static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        int order = a[..^KeyTag].SequenceCompareTo(b[..^KeyTag]);
        return order != 0 ? order : U64(b[^KeyTag..]).CompareTo(U64(a[^KeyTag..]));
    }
}
