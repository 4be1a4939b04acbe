using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ElementType = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataType;

namespace Cnn.Proto.Formats.Onnx;

/// <summary>An array of a model, whose values are read when they are asked for.</summary>
internal sealed class OnnxTensor
{
    private const int MostAxes = 32;
    private const int Chunk = 1 << 16;

    private readonly OnnxModel model;
    private readonly TensorProto message;
    private readonly OnnxBytes? bytes;

    /// <summary>Checks an array's shape against its values.</summary>
    /// <param name="model">Its model.</param>
    /// <param name="message">The array, perhaps without <c>raw_data</c>.</param>
    /// <param name="raw">Reads its <c>raw_data</c>; null where that is in the message or not there.</param>
    /// <param name="rawLength">The size of what <paramref name="raw"/> reads.</param>
    /// <exception cref="CnnException">The two do not fit, or the type is not read.</exception>
    public OnnxTensor(OnnxModel model, TensorProto message, OnnxBytes? raw, long rawLength)
    {
        (this.model, this.message) = (model, message);
        Shape = ReadShape();
        int size = SizeOf(Type);
        long needed = (long)Count * size;
        if (message.DataLocation == TensorProto.Types.DataLocation.External)
        {
            bytes = OnnxExternalData.Open(model, message, needed);
        }
        else if (raw is not null || message.HasRawData)
        {
            bytes = raw ?? ((offset, to) => message.RawData.Span.Slice((int)offset, to.Length).CopyTo(to));
            long length = raw is not null ? rawLength : message.RawData.Length;
            if (length != needed)
            {
                throw Error($"it has {length} bytes, but {Count} values of type {Type} take {needed}");
            }
        }
        else if (TypedCount() is var count && count != Count)
        {
            throw Error($"it has {count} values, but its shape {string.Join(" x ", Shape)} takes {Count}");
        }
    }

    /// <summary>The name; empty for an attribute's.</summary>
    public string Name => message.Name;

    /// <summary>The shape; none for a single number.</summary>
    public int[] Shape { get; }

    /// <summary>The number of values.</summary>
    public int Count { get; private set; }

    /// <summary>The type of the values.</summary>
    public ElementType Type => (ElementType)message.DataType;

    /// <summary>Whether the values are whole numbers or truth values.</summary>
    public bool IsWhole => Type is not (ElementType.Float or ElementType.Float16 or ElementType.Bfloat16
        or ElementType.Double);

    /// <summary>Reads the values; 64-bit ones are rounded.</summary>
    /// <exception cref="CnnException">
    /// The file cannot be read, or a whole number is none of 32-bit floating point.
    /// </exception>
    public float[] Floats()
    {
        if (IsWhole)
        {
            return Array.ConvertAll(WholeNumbers(), Exact);
        }

        float[] values = GC.AllocateUninitializedArray<float>(Count);
        if (bytes is null)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = Type switch
                {
                    ElementType.Float => message.FloatData[i],
                    ElementType.Double => (float)message.DoubleData[i],
                    ElementType.Float16 => (float)BitConverter.UInt16BitsToHalf((ushort)message.Int32Data[i]),
                    _ => BitConverter.Int32BitsToSingle(message.Int32Data[i] << 16),
                };
            }
        }
        else if (Type == ElementType.Float && BitConverter.IsLittleEndian)
        {
            bytes(0, MemoryMarshal.AsBytes(values.AsSpan()));
        }
        else
        {
            Decode(bytes, values, value => Type switch
            {
                ElementType.Float => BinaryPrimitives.ReadSingleLittleEndian(value),
                ElementType.Double => (float)BinaryPrimitives.ReadDoubleLittleEndian(value),
                ElementType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(value),
                _ => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(value) << 16),
            });
        }

        return values;
    }

    /// <summary>Reads whole numbers; truth values are 0 and 1.</summary>
    /// <exception cref="CnnException">The file cannot be read, or the values are no whole numbers.</exception>
    public long[] WholeNumbers()
    {
        if (!IsWhole)
        {
            throw Error($"it has values of type {Type}, expected whole numbers");
        }

        var values = new long[Count];
        if (bytes is null)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = Type switch
                {
                    ElementType.Int64 => message.Int64Data[i],
                    ElementType.Uint32 or ElementType.Uint64 => Signed(message.Uint64Data[i]),
                    _ => message.Int32Data[i],
                };
            }
        }
        else
        {
            Decode(bytes, values, value => Type switch
            {
                ElementType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(value),
                ElementType.Uint64 => Signed(BinaryPrimitives.ReadUInt64LittleEndian(value)),
                ElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(value),
                ElementType.Uint32 => BinaryPrimitives.ReadUInt32LittleEndian(value),
                ElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(value),
                ElementType.Uint16 => BinaryPrimitives.ReadUInt16LittleEndian(value),
                ElementType.Int8 => (sbyte)value[0],
                _ => value[0],
            });
        }

        return values;
    }

    private void Decode<T>(OnnxBytes read, T[] values, Func<ReadOnlySpan<byte>, T> decode)
    {
        int size = SizeOf(Type), perChunk = Chunk / size;
        var buffer = new byte[Math.Min(values.Length, perChunk) * size];
        for (int start = 0; start < values.Length; start += perChunk)
        {
            int count = Math.Min(perChunk, values.Length - start);
            read((long)start * size, buffer.AsSpan(0, count * size));
            for (int i = 0; i < count; i++)
            {
                values[start + i] = decode(buffer.AsSpan(i * size, size));
            }
        }
    }

    private int[] ReadShape()
    {
        if (message.Dims.Count > MostAxes)
        {
            throw Error($"it has {message.Dims.Count} axes, at most {MostAxes} are read");
        }

        UInt128 count = 1;
        foreach (long dim in message.Dims)
        {
            // One axis of 0 makes it empty, whatever the others are.
            if (dim is < 0 or > int.MaxValue)
            {
                throw Error($"its shape {string.Join(" x ", message.Dims)} is impossible");
            }

            count *= (UInt128)dim;
            if (count > (UInt128)Array.MaxLength)
            {
                throw Error($"its shape {string.Join(" x ", message.Dims)} is too large");
            }
        }

        Count = (int)count;
        return [.. message.Dims.Select(d => (int)d)];
    }

    private int TypedCount() => Type switch
    {
        ElementType.Float => message.FloatData.Count,
        ElementType.Double => message.DoubleData.Count,
        ElementType.Int64 => message.Int64Data.Count,
        ElementType.Uint32 or ElementType.Uint64 => message.Uint64Data.Count,
        _ => message.Int32Data.Count,
    };

    private int SizeOf(ElementType type) => type switch
    {
        ElementType.Float or ElementType.Int32 or ElementType.Uint32 => 4,
        ElementType.Double or ElementType.Int64 or ElementType.Uint64 => 8,
        ElementType.Float16 or ElementType.Bfloat16 or ElementType.Int16 or ElementType.Uint16 => 2,
        ElementType.Int8 or ElementType.Uint8 or ElementType.Bool => 1,
        _ => throw Error(
            $"its values are of type {type}", "arrays of floating point numbers, whole numbers and bool are read"),
    };

    private float Exact(long value) => (long)(float)value == value && value != long.MaxValue
        ? value
        : throw Error($"its value {value} is no 32-bit floating point number");

    private long Signed(ulong value) => value <= long.MaxValue
        ? (long)value
        : throw Error($"its value {value} is too large");

    private CnnException Error(string problem, string? hint = null) => model.Error(
        message.Name.Length > 0 ? $"tensor '{message.Name}': {problem}" : $"a tensor: {problem}", hint);
}
