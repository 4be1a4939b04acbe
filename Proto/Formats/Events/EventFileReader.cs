using System.Buffers.Binary;
using Google.Protobuf;

namespace Cnn.Proto.Formats.Events;

/// <summary>
/// Reads the records of an event file, also of one that is being written: it ends before a record that is not all
/// there.
/// </summary>
internal static class EventFileReader
{
    private const int BufferSize = 1 << 16;

    /// <summary>Reads the records one after the other.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CnnException">The file cannot be read, or a record's checksum is wrong.</exception>
    public static IEnumerable<Event> Read(string path)
    {
        FileText.RequireFile(path);
        using FileStream stream = Open(path);
        byte[] head = new byte[EventFileWriter.HeadLength], bytes = [];
        for (long start = 0; TryFill(path, stream, head);)
        {
            long length = BinaryPrimitives.ReadInt64LittleEndian(head);
            Require(path, start, "length", head.AsSpan(0, 8), head.AsSpan(8));
            if (length < 0 || length > stream.Length - stream.Position - EventFileWriter.TailLength)
            {
                yield break;
            }

            if (length > Array.MaxLength - EventFileWriter.TailLength)
            {
                throw Damaged(path, start, $"it has {length} bytes");
            }

            int count = (int)length + EventFileWriter.TailLength;
            bytes = bytes.Length < count ? new byte[count] : bytes;
            if (!TryFill(path, stream, bytes.AsSpan(0, count)))
            {
                yield break;
            }

            Require(path, start, "message", bytes.AsSpan(0, (int)length), bytes.AsSpan((int)length));
            yield return Parse(path, start, bytes.AsSpan(0, (int)length));
            start += EventFileWriter.HeadLength + count;
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            const FileShare Any = FileShare.ReadWrite | FileShare.Delete;
            return new FileStream(path, FileMode.Open, FileAccess.Read, Any, BufferSize);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(path, "read", exception)!;
        }
    }

    // Fills a buffer; false where the file ends before.
    private static bool TryFill(string path, FileStream stream, Span<byte> buffer)
    {
        try
        {
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) == buffer.Length;
        }
        catch (IOException exception)
        {
            throw FileErrors.From(path, "read", exception)!;
        }
    }

    private static void Require(
        string path, long start, string what, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> checksum)
    {
        if (MaskedCrc32C.Of(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(checksum))
        {
            throw Damaged(path, start, $"the checksum of its {what} is wrong");
        }
    }

    private static Event Parse(string path, long start, ReadOnlySpan<byte> message)
    {
        try
        {
            return Event.Parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException)
        {
            throw Damaged(path, start, "it is no event");
        }
    }

    private static CnnException Damaged(string path, long start, string problem) =>
        new($"{path}: the record at byte {start} is damaged: {problem}", "copy the file again");
}
