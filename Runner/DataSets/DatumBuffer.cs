using System.Buffers.Binary;
using Cnn.Proto;
using Cnn.Proto.Formats.Wire;

namespace Cnn.Runner.DataSets;

/// <summary>
/// Writes one <c>Datum</c> after another into the same memory, with the fields that Caffe's tools set, in the order of
/// their numbers.
/// </summary>
internal sealed class DatumBuffer
{
    // Six tags and varints of at most ten bytes.
    private const int MostBesidesData = 6 * 11;

    private byte[] bytes = [];
    private int length;

    /// <summary>The record that was written last.</summary>
    public ReadOnlySpan<byte> Record => bytes.AsSpan(0, length);

    /// <summary>Writes an image of bytes, [C, H, W].</summary>
    /// <param name="channels">The channels.</param>
    /// <param name="height">The rows.</param>
    /// <param name="width">The columns.</param>
    /// <param name="pixels">The pixels.</param>
    /// <param name="label">The label.</param>
    /// <param name="saysRaw">Whether to say that it is not encoded, as <c>convert_imageset</c> does.</param>
    public void WriteImage(
        int channels, int height, int width, ReadOnlySpan<byte> pixels, int label, bool saysRaw = false)
    {
        Start(channels, height, width, pixels.Length);
        Bytes(pixels);
        Number(Datum.LabelFieldNumber, label);
        if (saysRaw)
        {
            Number(Datum.EncodedFieldNumber, 0);
        }
    }

    /// <summary>Writes an image file.</summary>
    public void WriteFile(ReadOnlySpan<byte> file, int label)
    {
        Room(file.Length);
        Bytes(file);
        Number(Datum.LabelFieldNumber, label);
        Number(Datum.EncodedFieldNumber, 1);
    }

    /// <summary>Writes floats, [C, H, W], without a label.</summary>
    public void WriteFloats(int channels, int height, int width, ReadOnlySpan<float> values)
    {
        Start(channels, height, width, (1 + sizeof(float)) * (long)values.Length);
        foreach (float value in values)
        {
            Tag(Datum.FloatDataFieldNumber, WireType.Fixed32);
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(length), value);
            length += sizeof(float);
        }
    }

    private void Start(int channels, int height, int width, long dataSize)
    {
        Room(dataSize);
        Number(Datum.ChannelsFieldNumber, channels);
        Number(Datum.HeightFieldNumber, height);
        Number(Datum.WidthFieldNumber, width);
    }

    private void Room(long dataSize)
    {
        long most = dataSize + MostBesidesData;
        if (most > Array.MaxLength)
        {
            throw new CnnException($"it would make a record of {dataSize} bytes, more than a database takes");
        }

        if (bytes.Length < most)
        {
            long grown = Math.Max(most, Math.Min(2L * bytes.Length, Array.MaxLength));
            bytes = GC.AllocateUninitializedArray<byte>((int)grown);
        }

        length = 0;
    }

    private void Bytes(ReadOnlySpan<byte> data)
    {
        Tag(Datum.DataFieldNumber, WireType.Length);
        Varint((ulong)data.Length);
        data.CopyTo(bytes.AsSpan(length));
        length += data.Length;
    }

    // A negative number takes ten bytes, as in every message.
    private void Number(int field, int value)
    {
        Tag(field, WireType.Varint);
        Varint((ulong)(long)value);
    }

    private void Tag(int field, WireType type) => Varint(((ulong)field << 3) | (ulong)type);

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes[length++] = (byte)(value | 0x80);
        }

        bytes[length++] = (byte)value;
    }
}
