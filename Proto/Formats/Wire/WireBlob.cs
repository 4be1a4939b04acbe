using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Wire;

/// <summary>Reads a <see cref="BlobProto"/> in the wire format and leaves its numbers in the file.</summary>
internal static class WireBlob
{
    private static readonly int[] LegacyFields =
    [
        BlobProto.NumFieldNumber, BlobProto.ChannelsFieldNumber, BlobProto.HeightFieldNumber, BlobProto.WidthFieldNumber,
    ];

    /// <summary>Reads the blob up to a place.</summary>
    public static StoredBlob Read(WireReader reader, SafeFileHandle file, string path, long end)
    {
        WireArray data = new(file, path, 4), diff = new(file, path, 4);
        WireArray doubleData = new(file, path, 8), doubleDiff = new(file, path, 8);
        List<long> shape = [];
        long[]? legacy = null;
        while (reader.Position < end)
        {
            var (field, wireType) = reader.ReadTag();
            int axis = Array.IndexOf(LegacyFields, field);
            if (axis >= 0 && wireType == 0)
            {
                (legacy ??= new long[4])[axis] = (int)reader.ReadVarint();
                continue;
            }

            switch (field)
            {
                case BlobProto.ShapeFieldNumber when wireType == 2:
                    ReadShape(reader, reader.ReadEnd(end), shape);
                    break;
                case BlobProto.DataFieldNumber:
                    ReadNumbers(reader, data, 4, wireType, end);
                    break;
                case BlobProto.DiffFieldNumber:
                    ReadNumbers(reader, diff, 4, wireType, end);
                    break;
                case BlobProto.DoubleDataFieldNumber:
                    ReadNumbers(reader, doubleData, 8, wireType, end);
                    break;
                case BlobProto.DoubleDiffFieldNumber:
                    ReadNumbers(reader, doubleDiff, 8, wireType, end);
                    break;
                default:
                    reader.Skip(wireType, end);
                    break;
            }
        }

        WireArray gradient = doubleDiff.Count > 0 ? doubleDiff : diff;
        return new StoredBlob
        {
            Shape = legacy ?? (IReadOnlyList<long>)shape,
            IsLegacy = legacy is not null,
            Data = doubleData.Count > 0 ? doubleData : data,
            Diff = gradient.Count > 0 ? gradient : null,
        };
    }

    private static void ReadShape(WireReader reader, long end, List<long> shape)
    {
        while (reader.Position < end)
        {
            var (field, wireType) = reader.ReadTag();
            if (field == BlobShape.DimFieldNumber && wireType == 2)
            {
                for (long last = reader.ReadEnd(end); reader.Position < last;)
                {
                    Add((long)reader.ReadVarint());
                }
            }
            else if (field == BlobShape.DimFieldNumber && wireType == 0)
            {
                Add((long)reader.ReadVarint());
            }
            else
            {
                reader.Skip(wireType, end);
            }
        }

        void Add(long dim)
        {
            if (shape.Count == 32)
            {
                throw reader.Damaged("a blob has more than 32 axes");
            }

            shape.Add(dim);
        }
    }

    private static void ReadNumbers(WireReader reader, WireArray array, int width, int wireType, long end)
    {
        if (wireType == 2)
        {
            long last = reader.ReadEnd(end);
            if ((last - reader.Position) % width != 0)
            {
                throw reader.Damaged($"{last - reader.Position} bytes are no whole number of {8 * width}-bit numbers");
            }

            array.AddPacked(reader.Position, last - reader.Position);
            reader.Jump(last, end);
        }
        else if (wireType == (width == 8 ? 1 : 5))
        {
            array.AddSingle(reader.Position);
            reader.Skip(wireType, end);
        }
        else
        {
            throw reader.Damaged("numbers have the wrong wire type");
        }
    }
}
