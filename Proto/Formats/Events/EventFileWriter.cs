using System.Buffers.Binary;
using Google.Protobuf;

namespace Cnn.Proto.Formats.Events;

/// <summary>
/// Writes the records of an event file: length (8 bytes), its checksum (4), the message <see cref="Event"/>, its
/// checksum (4); numbers are little-endian. Numbers are written without allocations.
/// </summary>
internal sealed class EventFileWriter
{
    /// <summary>The bytes before and after a message.</summary>
    public const int HeadLength = 12, TailLength = 4;

    /// <summary>What the first record says.</summary>
    public const string Version = "brain.Event:2";

    private readonly Stream stream;
    private readonly Summary.Types.Value number = new();
    private readonly Event numberEvent;
    private byte[] buffer = new byte[512];

    /// <summary>Begins a file.</summary>
    /// <param name="stream">An empty file, which the caller flushes and closes.</param>
    /// <param name="time">Seconds since 1970.</param>
    public EventFileWriter(Stream stream, double time)
    {
        this.stream = stream;
        numberEvent = new Event { Summary = new Summary { Value = { number } } };
        Write(new Event { WallTime = time, FileVersion = Version });
    }

    /// <summary>Writes a number.</summary>
    /// <param name="tag">Its name.</param>
    /// <param name="step">The iteration.</param>
    /// <param name="time">Seconds since 1970.</param>
    /// <param name="value">The number.</param>
    public void Write(string tag, long step, double time, float value)
    {
        (numberEvent.WallTime, numberEvent.Step) = (time, step);
        (number.Tag, number.SimpleValue) = (tag, value);
        Write(numberEvent);
    }

    /// <summary>Writes a record.</summary>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Write(Event record)
    {
        int length = record.CalculateSize(), whole = HeadLength + length + TailLength;
        if (whole > buffer.Length)
        {
            buffer = new byte[whole];
        }

        Span<byte> bytes = buffer.AsSpan(0, whole);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], MaskedCrc32C.Of(bytes[..8]));
        Span<byte> message = bytes.Slice(HeadLength, length);
        record.WriteTo(message);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[^TailLength..], MaskedCrc32C.Of(message));
        stream.Write(bytes);
    }
}
