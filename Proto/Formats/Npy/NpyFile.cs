using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Cnn.Proto.Formats.Npy;

/// <summary>
/// NumPy's .npy files (format versions 1 to 3): numbers of any real type are read as floats, in row or column order;
/// float32 in row order is written.
/// </summary>
public static partial class NpyFile
{
    private const int HeaderLimit = 1 << 16;
    private const string NumbersHint = "save them as float32: numpy.save(path, x.astype('float32'))";

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads an array.</summary>
    /// <exception cref="CnnException">The file cannot be read, is damaged, or holds no real numbers.</exception>
    public static NumberArray Read(string path)
    {
        byte[] bytes = FileText.ReadBytes(path);
        int start = HeaderEnd(bytes, path, out string header);
        Match type = TypeField().Match(header), order = OrderField().Match(header), shapeField = ShapeField().Match(header);
        if (!type.Success || !order.Success || !shapeField.Success)
        {
            throw new CnnException($"{path}: is a damaged .npy file: its header lacks descr, fortran_order or shape");
        }

        int[] shape = ParseShape(shapeField.Groups[1].Value, path, out long count);
        string kind = type.Groups[1].Success ? type.Groups[1].Value : type.Groups[2].Value;
        int width = Width(kind, path);
        if (bytes.Length - start != count * width)
        {
            throw new CnnException(
                $"{path}: holds {bytes.Length - start} bytes of numbers, its shape [{string.Join(", ", shape)}] of type '{kind}' needs {count * width}");
        }

        var values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Number(bytes.AsSpan(start + (i * width), width), kind);
        }

        return new NumberArray(shape, order.Groups[1].Value == "True" ? InRowOrder(values, shape) : values);
    }

    /// <summary>Writes an array as float32, atomically.</summary>
    /// <exception cref="CnnException">It cannot be written.</exception>
    public static void Write(string path, NumberArray array)
    {
        string shape = string.Concat(array.Shape.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d}, "))).TrimEnd();
        shape = array.Shape.Length == 1 ? shape : shape.TrimEnd(',');
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}";

        // The numbers start at a multiple of 64 bytes, the header ends with a line feed.
        int length = ((Magic.Length + 4 + header.Length + 1 + 63) / 64 * 64) - Magic.Length - 4;
        AtomicFile.Write(path, stream =>
        {
            stream.Write(Magic);
            stream.Write([1, 0, (byte)length, (byte)(length >> 8)]);
            stream.Write(Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n"));
            stream.Write(MemoryMarshal.AsBytes(array.Values.AsSpan()));
        });
    }

    private static int HeaderEnd(ReadOnlySpan<byte> bytes, string path, out string header)
    {
        if (bytes.Length < 10 || !bytes.StartsWith(Magic))
        {
            throw new CnnException($"{path}: is not a .npy file");
        }

        bool isFirst = bytes[6] == 1;
        int start = isFirst ? 10 : 12;
        uint length = isFirst ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..])
            : bytes.Length >= 12 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) : uint.MaxValue;
        if (length > HeaderLimit || length > bytes.Length - start)
        {
            throw new CnnException($"{path}: is a damaged .npy file: its header does not end");
        }

        header = Encoding.Latin1.GetString(bytes.Slice(start, (int)length));
        return start + (int)length;
    }

    private static int[] ParseShape(string text, string path, out long count)
    {
        var shape = new List<int>();
        count = 1;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int dim) || (count *= dim) > int.MaxValue)
            {
                throw new CnnException($"{path}: is a damaged .npy file or too large: its shape is ({text})");
            }

            shape.Add(dim);
        }

        return [.. shape];
    }

    private static int Width(string kind, string path) => kind.TrimStart('<', '>', '|', '=') switch
    {
        "b1" or "u1" or "i1" => 1,
        "f2" or "u2" or "i2" => 2,
        "f4" or "u4" or "i4" => 4,
        "f8" or "u8" or "i8" => 8,
        ['U' or 'S' or 'a', ..] => throw new CnnException($"{path}: holds text ('{kind}'), not numbers", NumbersHint),
        ['O', ..] => throw new CnnException($"{path}: holds Python objects ('{kind}'), not numbers", NumbersHint),
        ['[', ..] => throw new CnnException($"{path}: holds records of several fields, not numbers", NumbersHint),
        _ => throw new CnnException($"{path}: holds numbers of type '{kind}'", NumbersHint),
    };

    private static float Number(ReadOnlySpan<byte> bytes, string kind)
    {
        bool isBig = kind[0] == '>';
        ulong bits = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            bits |= (ulong)bytes[i] << (8 * (isBig ? bytes.Length - 1 - i : i));
        }

        return kind[^2..] switch
        {
            "f2" => (float)BitConverter.UInt16BitsToHalf((ushort)bits),
            "f4" => BitConverter.UInt32BitsToSingle((uint)bits),
            "f8" => (float)BitConverter.UInt64BitsToDouble(bits),
            "i1" => (sbyte)bits,
            "i2" => (short)bits,
            "i4" => (int)bits,
            "i8" => (long)bits,
            _ => bits,
        };
    }

    private static float[] InRowOrder(float[] columns, int[] shape)
    {
        var rows = new float[columns.Length];
        var index = new int[shape.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            long at = 0;
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                at = (at * shape[axis]) + index[axis];
            }

            rows[i] = columns[at];
            for (int axis = shape.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }

        return rows;
    }

    [GeneratedRegex("'descr':\\s*(?:'([^']+)'|(\\[))")]
    private static partial Regex TypeField();

    [GeneratedRegex("'fortran_order':\\s*(True|False)")]
    private static partial Regex OrderField();

    [GeneratedRegex("'shape':\\s*\\(([^)]*)\\)")]
    private static partial Regex ShapeField();
}
