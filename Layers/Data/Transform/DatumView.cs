using System.Buffers.Binary;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// A serialized <c>Datum</c> read in place: no copy of the pixels, no allocation, unlike the generated message.
/// </summary>
internal readonly ref struct DatumView
{
    private readonly ReadOnlySpan<byte> record;

    private DatumView(ReadOnlySpan<byte> record) => this.record = record;

    /// <summary>Channels of the image.</summary>
    public int Channels { get; private init; }

    /// <summary>Rows.</summary>
    public int Height { get; private init; }

    /// <summary>Columns.</summary>
    public int Width { get; private init; }

    /// <summary>The class, or what else the labels are; 0 where there is none.</summary>
    public int Label { get; private init; }

    /// <summary>Whether <see cref="Pixels"/> is an image file, such as a JPEG.</summary>
    public bool IsEncoded { get; private init; }

    /// <summary>Bytes [C, H, W], or the image file; empty where <c>float_data</c> is used.</summary>
    public ReadOnlySpan<byte> Pixels { get; private init; }

    /// <summary>How many values <c>float_data</c> has.</summary>
    public int FloatCount { get; private init; }

    /// <summary>Reads a record.</summary>
    /// <param name="record">The bytes in the wire format of protocol buffers.</param>
    /// <param name="view">What it says.</param>
    /// <returns>Whether the record is a datum.</returns>
    public static bool TryParse(ReadOnlySpan<byte> record, out DatumView view)
    {
        view = default;
        int channels = 0, height = 0, width = 0, label = 0, floats = 0;
        bool encoded = false;
        ReadOnlySpan<byte> pixels = default;
        var fields = new Fields(record);
        while (fields.Next(out int number, out int wire, out ulong value, out ReadOnlySpan<byte> bytes))
        {
            switch (number, wire)
            {
                case (1, 0): channels = (int)value; break;
                case (2, 0): height = (int)value; break;
                case (3, 0): width = (int)value; break;
                case (4, 2): pixels = bytes; break;
                case (5, 0): label = (int)value; break;
                case (6, 5): floats++; break;
                case (6, 2) when bytes.Length % sizeof(float) == 0: floats += bytes.Length / sizeof(float); break;
                case (7, 0): encoded = value != 0; break;
                case ( >= 1 and <= 7, _): return false;
                default: break;
            }
        }

        view = new DatumView(record)
        {
            Channels = channels,
            Height = height,
            Width = width,
            Label = label,
            IsEncoded = encoded,
            Pixels = pixels,
            FloatCount = floats,
        };
        return !fields.Broken;
    }

    /// <summary>Copies <c>float_data</c>, [C, H, W].</summary>
    /// <param name="to"><see cref="FloatCount"/> values.</param>
    public void CopyFloats(Span<float> to)
    {
        int at = 0;
        var fields = new Fields(record);
        while (fields.Next(out int number, out int wire, out ulong value, out ReadOnlySpan<byte> bytes))
        {
            if (number == 6 && wire == 5)
            {
                to[at++] = BitConverter.UInt32BitsToSingle((uint)value);
            }
            else if (number == 6)
            {
                for (int i = 0; i < bytes.Length; i += sizeof(float))
                {
                    to[at++] = BinaryPrimitives.ReadSingleLittleEndian(bytes[i..]);
                }
            }
        }
    }

    // The fields of a message one after another.
    private ref struct Fields(ReadOnlySpan<byte> record)
    {
        private ReadOnlySpan<byte> rest = record;

        public bool Broken { get; private set; }

        public bool Next(out int number, out int wire, out ulong value, out ReadOnlySpan<byte> bytes)
        {
            (number, wire, value) = (0, 0, 0);
            bytes = default;
            if (rest.IsEmpty)
            {
                return false;
            }

            bool whole = Varint(out ulong tag);
            (number, wire) = ((int)(tag >> 3), (int)(tag & 7));
            whole = whole && tag <= uint.MaxValue && number > 0 && wire switch
            {
                0 => Varint(out value),
                1 => Fixed(8, out value),
                2 => Varint(out value) && Take(value, out bytes),
                5 => Fixed(4, out value),
                _ => false,
            };
            Broken = !whole;
            return whole;
        }

        private bool Varint(out ulong value)
        {
            value = 0;
            for (int i = 0; i < rest.Length && i < 10; i++)
            {
                value |= (ulong)(rest[i] & 0x7F) << (7 * i);
                if (rest[i] < 0x80)
                {
                    rest = rest[(i + 1)..];
                    return true;
                }
            }

            return false;
        }

        private bool Fixed(int size, out ulong value)
        {
            value = 0;
            if (!Take((ulong)size, out ReadOnlySpan<byte> bytes))
            {
                return false;
            }

            value = size == sizeof(uint)
                ? BinaryPrimitives.ReadUInt32LittleEndian(bytes)
                : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            return true;
        }

        private bool Take(ulong count, out ReadOnlySpan<byte> bytes)
        {
            bytes = default;
            if (count > (ulong)rest.Length)
            {
                return false;
            }

            bytes = rest[..(int)count];
            rest = rest[(int)count..];
            return true;
        }
    }
}
