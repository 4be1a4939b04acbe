using Google.Protobuf;

namespace Cnn.Proto.Formats.Wire;

/// <summary>Writes the protobuf wire format to a stream; arrays of any size are written without a copy.</summary>
/// <param name="stream">The stream to write to.</param>
internal sealed class WireWriter(Stream stream)
{
    /// <summary>Writes a whole message as a field.</summary>
    public void Message(int field, IMessage message) => Bytes(field, MessageBytes.Of(message));

    /// <summary>Writes bytes as a field.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        Start(field, bytes.Length);
        stream.Write(bytes);
    }

    /// <summary>Writes the fields of a message as part of the message around them.</summary>
    public void Fields(IMessage message) => stream.Write(MessageBytes.Of(message));

    /// <summary>Writes the start of a field whose content follows.</summary>
    /// <param name="field">The field's number.</param>
    /// <param name="length">The size of the content, in bytes.</param>
    public void Start(int field, long length)
    {
        Varint(Tag(field));
        Varint((ulong)length);
    }

    /// <summary>Writes a packed array of floats as a field.</summary>
    public void Floats(int field, ReadOnlySpan<float> values)
    {
        Start(field, values.Length * (long)sizeof(float));
        FloatBytes.Write(stream, values);
    }

    /// <summary>Returns the size of the fields of a message, in bytes.</summary>
    public static long SizeOf(IMessage message) => MessageBytes.Of(message).Length;

    /// <summary>Returns the size of a field with a content of <paramref name="length"/> bytes.</summary>
    public static long SizeOf(int field, long length) => SizeOf(Tag(field)) + SizeOf((ulong)length) + length;

    private static ulong Tag(int field) => ((ulong)field << 3) | (ulong)WireType.Length;

    private static int SizeOf(ulong value)
    {
        int bytes = 1;
        while ((value >>= 7) != 0)
        {
            bytes++;
        }

        return bytes;
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }
}
