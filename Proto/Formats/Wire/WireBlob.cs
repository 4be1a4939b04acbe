namespace Cnn.Proto.Formats.Wire;

/// <summary>Reads a <see cref="BlobProto"/> in the wire format without copying its numbers.</summary>
internal static class WireBlob
{
    // Values as raw bytes, as NVIDIA's fork writes them, with their types: DOUBLE, FLOAT, FLOAT16, INT, UINT, BOOL.
    private const int RawDataType = BlobProto.RawDataTypeFieldNumber, RawDiffType = BlobProto.RawDiffTypeFieldNumber;
    private const int RawData = BlobProto.RawDataFieldNumber, RawDiff = BlobProto.RawDiffFieldNumber;

    // C3D 1.0 has another message: num, channels, length, height and width are fields 1 to 5, data and diff 6 and 7.
    // Its width is where others have data; only as a message that was read as theirs does it stand behind them.
    private const int VolumeWidth = BlobProto.DataFieldNumber, VolumeDiff = BlobProto.ShapeFieldNumber;

    private const int MaxAxes = 32;

    private static readonly NumberType[] RawTypes =
    [
        NumberType.Float64, NumberType.Float32, NumberType.Float16,
        new(NumberKind.Signed, 4), new(NumberKind.Unsigned, 4), new(NumberKind.Unsigned, 1),
    ];

    private static readonly int[] LegacyFields =
    [
        BlobProto.NumFieldNumber,
        BlobProto.ChannelsFieldNumber,
        BlobProto.HeightFieldNumber,
        BlobProto.WidthFieldNumber,
    ];

    /// <summary>Reads a whole message.</summary>
    /// <exception cref="CnnException">The message is damaged.</exception>
    public static StoredBlob Read(byte[] message)
    {
        var bytes = new WireMemory(message);
        WireReader<WireMemory> reader = WireReader.Of(bytes);
        return Read(ref reader, bytes);
    }

    /// <summary>Reads the message up to the reader's limit.</summary>
    /// <exception cref="CnnException">The message is damaged.</exception>
    public static StoredBlob Read<TBytes>(ref WireReader<TBytes> reader, TBytes bytes)
        where TBytes : class, IWireBytes
    {
        WireArray data = new(bytes, NumberType.Float32), diff = new(bytes, NumberType.Float32);
        WireArray doubleData = new(bytes, NumberType.Float64), doubleDiff = new(bytes, NumberType.Float64);
        RawValues rawData = default, rawDiff = default;
        List<long> shape = [];
        long[]? legacy = null;
        long? volumeWidth = null;
        WireArray volumeDiff = new(bytes, NumberType.Float32);
        while (!reader.IsAtEnd)
        {
            var (field, type) = reader.ReadTag();
            int axis = Array.IndexOf(LegacyFields, field);
            if (axis >= 0 && type == WireType.Varint)
            {
                (legacy ??= new long[4])[axis] = (int)reader.ReadVarint();
                continue;
            }

            switch (field)
            {
                case VolumeWidth when type == WireType.Varint:
                    volumeWidth = (int)reader.ReadVarint();
                    break;
                case VolumeDiff when volumeWidth is not null:
                    ReadNumbers(ref reader, volumeDiff, sizeof(float), type);
                    break;
                case BlobProto.ShapeFieldNumber when type == WireType.Length:
                    ReadShape(ref reader, shape);
                    break;
                case BlobProto.DataFieldNumber:
                    ReadNumbers(ref reader, data, sizeof(float), type);
                    break;
                case BlobProto.DiffFieldNumber:
                    ReadNumbers(ref reader, diff, sizeof(float), type);
                    break;
                case BlobProto.DoubleDataFieldNumber:
                    ReadNumbers(ref reader, doubleData, sizeof(double), type);
                    break;
                case BlobProto.DoubleDiffFieldNumber:
                    ReadNumbers(ref reader, doubleDiff, sizeof(double), type);
                    break;
                case RawDataType or RawDiffType when type == WireType.Varint:
                    (field == RawDataType ? ref rawData : ref rawDiff).Type = reader.ReadVarint();
                    break;
                case RawData or RawDiff when type == WireType.Length:
                    ReadRaw(ref reader, ref (field == RawData ? ref rawData : ref rawDiff));
                    break;
                default:
                    reader.Skip(field, type);
                    break;
            }
        }

        if (volumeWidth is { } width)
        {
            legacy = [.. legacy ?? new long[4], width];
            (data, diff) = (diff, volumeDiff);
        }

        WireArray? gradient = Choose(ref reader, bytes, doubleDiff, diff, rawDiff);
        return new StoredBlob
        {
            Shape = legacy is null ? new StoredShape(shape) : new StoredShape(legacy, isLegacy: true),
            Data = Choose(ref reader, bytes, doubleData, data, rawData),
            Diff = gradient.Count > 0 ? gradient : null,
        };
    }

    private static void ReadShape<TBytes>(ref WireReader<TBytes> reader, List<long> shape)
        where TBytes : class, IWireBytes
    {
        long outer = reader.Enter();
        while (!reader.IsAtEnd)
        {
            var (field, type) = reader.ReadTag();
            if (field == BlobShape.DimFieldNumber && type == WireType.Length)
            {
                long around = reader.Enter();
                while (!reader.IsAtEnd)
                {
                    AddAxis(ref reader, shape);
                }

                reader.Leave(around);
            }
            else if (field == BlobShape.DimFieldNumber && type == WireType.Varint)
            {
                AddAxis(ref reader, shape);
            }
            else
            {
                reader.Skip(field, type);
            }
        }

        reader.Leave(outer);
    }

    private static void AddAxis<TBytes>(ref WireReader<TBytes> reader, List<long> shape)
        where TBytes : class, IWireBytes
    {
        if (shape.Count == MaxAxes)
        {
            throw reader.Damaged($"a blob has more than {MaxAxes} axes");
        }

        shape.Add((long)reader.ReadVarint());
    }

    private static void ReadNumbers<TBytes>(ref WireReader<TBytes> reader, WireArray array, int size, WireType type)
        where TBytes : class, IWireBytes
    {
        if (type == WireType.Length)
        {
            long outer = reader.Enter();
            long length = reader.Limit - reader.Position;
            RequireWhole(ref reader, length, size);
            array.AddPacked(reader.Position, length);
            reader.Leave(outer);
        }
        else if (type == (size == sizeof(double) ? WireType.Fixed64 : WireType.Fixed32))
        {
            array.AddSingle(reader.Position);
            reader.Skip(0, type);
        }
        else
        {
            throw reader.Damaged("numbers have the wrong wire type");
        }
    }

    private static void ReadRaw<TBytes>(ref WireReader<TBytes> reader, ref RawValues raw)
        where TBytes : class, IWireBytes
    {
        long outer = reader.Enter();
        (raw.Offset, raw.Length) = (reader.Position, reader.Limit - reader.Position);
        reader.Leave(outer);
    }

    // Doubles take precedence over floats, and both over raw bytes.
    private static WireArray Choose<TBytes>(
        ref WireReader<TBytes> reader, TBytes bytes, WireArray doubles, WireArray floats, RawValues raw)
        where TBytes : class, IWireBytes
    {
        if (raw.Length == 0 || doubles.Count + floats.Count > 0)
        {
            return doubles.Count > 0 ? doubles : floats;
        }

        if (raw.Type >= (ulong)RawTypes.Length)
        {
            throw reader.Damaged(
                $"a blob's raw values are of type {raw.Type}, the types are 0 to {RawTypes.Length - 1}");
        }

        NumberType type = RawTypes[raw.Type];
        RequireWhole(ref reader, raw.Length, type.Size);
        var array = new WireArray(bytes, type);
        array.AddPacked(raw.Offset, raw.Length);
        return array;
    }

    private static void RequireWhole<TBytes>(ref WireReader<TBytes> reader, long length, int size)
        where TBytes : class, IWireBytes
    {
        if (length % size != 0)
        {
            throw reader.Damaged($"{length} bytes are no whole number of {8 * size}-bit numbers");
        }
    }

    private struct RawValues
    {
        public ulong Type;
        public long Offset;
        public long Length;
    }
}
