using System.Buffers.Binary;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Events;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>Corrects the checksums of damaged event files.</summary>
internal static class EventSigning
{
    private const int LengthSize = sizeof(long);

    /// <summary>Returns the file with the checksums of what it holds.</summary>
    public static byte[] Sign(byte[] file)
    {
        byte[] signed = [.. file];
        foreach (var (start, length) in Records(file))
        {
            int message = start + EventFileWriter.HeadLength;
            BinaryPrimitives.WriteUInt32LittleEndian(signed.AsSpan(start + LengthSize),
                MaskedCrc32C.Of(signed.AsSpan(start, LengthSize)));
            BinaryPrimitives.WriteUInt32LittleEndian(signed.AsSpan(message + length),
                MaskedCrc32C.Of(signed.AsSpan(message, length)));
        }

        return signed;
    }

    /// <summary>Returns the messages of a file.</summary>
    public static List<byte[]> Messages(byte[] file) =>
        [.. Records(file).Select(r => file.AsSpan(r.Start + EventFileWriter.HeadLength, r.Length).ToArray())];

    /// <summary>Returns a file of messages.</summary>
    public static byte[] File(IEnumerable<byte[]> messages)
    {
        var bytes = new List<byte>();
        foreach (byte[] message in messages)
        {
            var head = new byte[EventFileWriter.HeadLength];
            BinaryPrimitives.WriteInt64LittleEndian(head, message.Length);
            bytes.AddRange([.. head, .. message, .. new byte[EventFileWriter.TailLength]]);
        }

        return Sign([.. bytes]);
    }

    private static IEnumerable<(int Start, int Length)> Records(byte[] file)
    {
        const int Around = EventFileWriter.HeadLength + EventFileWriter.TailLength;
        for (int at = 0; at + Around <= file.Length;)
        {
            long length = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            if (length < 0 || length > file.Length - at - Around)
            {
                yield break;
            }

            yield return (at, (int)length);
            at += Around + (int)length;
        }
    }
}
