using System.Buffers.Binary;
using System.Numerics;

namespace Cnn.Proto.Formats;

/// <summary>
/// The checksum of LevelDB's files and of event files: CRC-32C (Castagnoli), rotated and shifted so that the checksum
/// of bytes that hold checksums is no weaker (LevelDB, <c>doc/log_format.md</c>).
/// </summary>
internal static class MaskedCrc32C
{
    private const uint Mask = 0xA282EAD8;

    /// <summary>Returns the checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return BitOperations.RotateRight(~crc, 15) + Mask;
    }
}
