using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Wire;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// A serialized <c>Datum</c> read in place: no copy of the pixels, no allocation, unlike the generated message.
/// </summary>
internal readonly ref struct DatumView
{
    // MobileNet-YOLO's number; the schema leaves it out, since other forks have other fields there.
    private const int MapField = 8;

    private readonly ReadOnlySpan<byte> record;

    private DatumView(ReadOnlySpan<byte> record) => this.record = record;

    /// <summary>Channels of the image.</summary>
    public int Channels { get; private init; }

    /// <summary>Rows.</summary>
    public int Height { get; private init; }

    /// <summary>Columns.</summary>
    public int Width { get; private init; }

    /// <summary>The label, usually a class; 0 where there is none.</summary>
    public int Label { get; private init; }

    /// <summary>Whether <see cref="Pixels"/> is an image file, such as a JPEG.</summary>
    public bool IsEncoded { get; private init; }

    /// <summary>Bytes [C, H, W], or the image file; empty where <c>float_data</c> is used.</summary>
    public ReadOnlySpan<byte> Pixels { get; private init; }

    /// <summary>
    /// The image file with the map of its classes, MobileNet-YOLO's <c>seg_label</c>; empty for none.
    /// </summary>
    public ReadOnlySpan<byte> Map { get; private init; }

    /// <summary>How many values <c>float_data</c> has.</summary>
    public int FloatCount { get; private init; }

    /// <summary>Reads a record.</summary>
    /// <param name="record">The bytes in the wire format of protocol buffers.</param>
    /// <param name="view">The parsed record.</param>
    /// <returns>Whether the record is a datum.</returns>
    public static bool TryParse(ReadOnlySpan<byte> record, out DatumView view)
    {
        try
        {
            return TryRead(record, out view);
        }
        catch (CnnException)
        {
            view = default;
            return false;
        }
    }

    /// <summary>Returns the size of an image that is not encoded, which has as many values.</summary>
    /// <exception cref="CnnException">The size is impossible, or there are more or fewer values.</exception>
    public ImageShape RequireShape()
    {
        if (Channels <= 0 || Height <= 0 || Width <= 0)
        {
            throw new CnnException($"it has the impossible size {Channels} x {Height} x {Width}");
        }

        long size = (long)Channels * Height;
        int values = Pixels.IsEmpty ? FloatCount : Pixels.Length;
        return size <= int.MaxValue && size * Width == values
            ? new ImageShape(Channels, Height, Width)
            : throw new CnnException($"it is {Channels} x {Height} x {Width} but has {values} values");
    }

    /// <summary>Copies <c>float_data</c>, [C, H, W].</summary>
    /// <param name="to"><see cref="FloatCount"/> values.</param>
    public void CopyFloats(Span<float> to)
    {
        WireReader<WireSpan> reader = WireReader.Of(new WireSpan(record));
        while (!reader.IsAtEnd)
        {
            var (field, type) = reader.ReadTag();
            if (field == Datum.FloatDataFieldNumber && type == WireType.Length)
            {
                ReadOnlySpan<byte> packed = Bytes(record, ref reader);
                int count = packed.Length / sizeof(float);
                NumberType.Float32.Read(packed, sizeof(float), to[..count]);
                to = to[count..];
            }
            else if (field == Datum.FloatDataFieldNumber)
            {
                to[0] = BitConverter.UInt32BitsToSingle(reader.ReadFixed32());
                to = to[1..];
            }
            else
            {
                reader.Skip(field, type);
            }
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> record, out DatumView view)
    {
        view = default;
        int channels = 0, height = 0, width = 0, label = 0, floats = 0;
        bool isEncoded = false;
        ReadOnlySpan<byte> pixels = default, map = default;
        WireReader<WireSpan> reader = WireReader.Of(new WireSpan(record));
        while (!reader.IsAtEnd)
        {
            var (field, type) = reader.ReadTag();
            switch (field, type)
            {
                case (Datum.ChannelsFieldNumber, WireType.Varint):
                    channels = (int)reader.ReadVarint();
                    break;
                case (Datum.HeightFieldNumber, WireType.Varint):
                    height = (int)reader.ReadVarint();
                    break;
                case (Datum.WidthFieldNumber, WireType.Varint):
                    width = (int)reader.ReadVarint();
                    break;
                case (Datum.DataFieldNumber, WireType.Length):
                    pixels = Bytes(record, ref reader);
                    break;
                case (Datum.LabelFieldNumber, WireType.Varint):
                    label = (int)reader.ReadVarint();
                    break;
                case (Datum.FloatDataFieldNumber, WireType.Fixed32):
                    reader.Skip(field, type);
                    floats++;
                    break;
                case (Datum.FloatDataFieldNumber, WireType.Length):
                    int length = Bytes(record, ref reader).Length;
                    if (length % sizeof(float) != 0)
                    {
                        return false;
                    }

                    floats += length / sizeof(float);
                    break;
                case (MapField, WireType.Length):
                    map = Bytes(record, ref reader);
                    break;
                case (Datum.EncodedFieldNumber, WireType.Varint):
                    isEncoded = reader.ReadVarint() != 0;
                    break;
                case ( >= Datum.ChannelsFieldNumber and <= Datum.EncodedFieldNumber, _):
                    return false;
                default:
                    reader.Skip(field, type);
                    break;
            }
        }

        view = new DatumView(record)
        {
            Channels = channels,
            Height = height,
            Width = width,
            Label = label,
            IsEncoded = isEncoded,
            Pixels = pixels,
            Map = map,
            FloatCount = floats,
        };
        return true;
    }

    private static ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> record, scoped ref WireReader<WireSpan> reader)
    {
        long outer = reader.Enter();
        ReadOnlySpan<byte> bytes = record[(int)reader.Position..(int)reader.Limit];
        reader.Leave(outer);
        return bytes;
    }
}
