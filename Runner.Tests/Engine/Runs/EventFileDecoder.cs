using System.Buffers.Binary;

namespace Cnn.Tests.Engine.Runs;

/// <summary>
/// An event file as another program reads it: records with checksums by a table, messages by the numbers of their
/// fields. It shares no code with the program.
/// </summary>
internal static class EventFileDecoder
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(i => Shift((uint)i))];

    /// <summary>Reads all records; every checksum has to be right and nothing may be left.</summary>
    public static IReadOnlyList<DecodedEvent> Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        var events = new List<DecodedEvent>();
        for (int at = 0; at < bytes.Length;)
        {
            int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)));
            Assert.Equal(Masked(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            ReadOnlySpan<byte> message = bytes.AsSpan(at + 12, length);
            uint sum = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length));
            Assert.Equal(Masked(message), sum);
            events.Add(DecodedEvent.Of(new WireMessage(message.ToArray())));
            at += 12 + length + 4;
        }

        return events;
    }

    public static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte value in bytes)
        {
            crc = Table[(crc ^ value) & 0xFF] ^ (crc >> 8);
        }

        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
    }

    private static uint Shift(uint value)
    {
        for (int bit = 0; bit < 8; bit++)
        {
            value = (value & 1) != 0 ? (value >> 1) ^ 0x82F63B78 : value >> 1;
        }

        return value;
    }
}
