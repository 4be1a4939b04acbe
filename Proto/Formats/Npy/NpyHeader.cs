using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Cnn.Proto.Formats.Npy;

/// <summary>What a .npy file says of its array before the numbers.</summary>
/// <param name="Type">The type of the numbers.</param>
/// <param name="TypeName">The type as NumPy writes it: <c>&lt;f4</c>.</param>
/// <param name="IsColumnOrder">Whether the first axis runs fastest.</param>
/// <param name="Shape">The axes, outermost first; none for a single number.</param>
/// <param name="Count">The number of numbers.</param>
/// <param name="Length">The size of the header, in bytes: the numbers follow it.</param>
internal sealed partial record NpyHeader(
    NumberType Type, string TypeName, bool IsColumnOrder, int[] Shape, long Count, int Length)
{
    private const int LengthLimit = 1 << 16;
    private const string NumbersHint = "save them as float32: numpy.save(path, x.astype('float32'))";

    /// <summary>The first bytes of a .npy file.</summary>
    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads a header of format version 1, 2 or 3; the stream is then at the numbers.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="path">The name of what is read, for errors.</param>
    /// <exception cref="CnnException">It is damaged, or it is that of something else than real numbers.</exception>
    public static NpyHeader Read(Stream stream, string path)
    {
        string header = ReadText(stream, path, out int length);
        Match descr = TypeField().Match(header), order = OrderField().Match(header);
        Match shapeField = ShapeField().Match(header);
        if (!descr.Success || !order.Success || !shapeField.Success)
        {
            throw new CnnException($"{path}: is a damaged .npy file: its header lacks descr, fortran_order or shape");
        }

        int[] shape = ParseShape(shapeField.Groups[1].Value, path, out long count);
        string typeName = descr.Groups[1].Value;
        NumberType type = TypeOf(typeName) ?? throw new CnnException(
            $"{path}: holds {KindOf(typeName)}{(typeName[0] == '[' ? "" : $" ('{typeName}')")}, "
            + "not numbers that can be read",
            NumbersHint);
        return new NpyHeader(type, typeName, order.Groups[1].Value == "True", shape, count, length);
    }

    /// <summary>Writes the header of a float32 array in row order.</summary>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void Write(Stream stream, ReadOnlySpan<int> shape)
    {
        string axes = string.Concat(
            shape.ToArray().Select(d => string.Create(CultureInfo.InvariantCulture, $"{d}, "))).TrimEnd();
        axes = shape.Length == 1 ? axes : axes.TrimEnd(',');
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({axes}), }}";

        // The numbers start at a multiple of 64 bytes, and the header ends with a line feed.
        int length = ((Magic.Length + 4 + header.Length + 1 + 63) / 64 * 64) - Magic.Length - 4;
        stream.Write(Magic);
        stream.Write([1, 0, (byte)length, (byte)(length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n"));
    }

    /// <summary>Requires that as many bytes follow the header as its numbers have.</summary>
    /// <exception cref="CnnException">More or fewer follow.</exception>
    public void RequireBytes(long bytes, string path)
    {
        if (bytes != Count * Type.Size)
        {
            throw new CnnException(
                $"{path}: holds {bytes} bytes of numbers, its shape [{string.Join(", ", Shape)}] "
                + $"of type '{TypeName}' needs {Count * Type.Size}");
        }
    }

    /// <summary>Returns numbers that are in the order of the file in row order.</summary>
    public float[] InRowOrder(float[] values)
    {
        if (!IsColumnOrder)
        {
            return values;
        }

        var rows = new float[values.Length];
        var index = new int[Shape.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            long at = 0;
            for (int axis = Shape.Length - 1; axis >= 0; axis--)
            {
                at = (at * Shape[axis]) + index[axis];
            }

            rows[i] = values[at];
            for (int axis = Shape.Length - 1; axis >= 0 && ++index[axis] == Shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }

        return rows;
    }

    private static string ReadText(Stream stream, string path, out int length)
    {
        Span<byte> start = stackalloc byte[12];
        if (stream.ReadAtLeast(start[..10], 10, throwOnEndOfStream: false) < 10 || !start.StartsWith(Magic))
        {
            throw new CnnException($"{path}: is not a .npy file");
        }

        bool isFirst = start[6] == 1;
        uint rest = isFirst ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..])
            : stream.ReadAtLeast(start[10..], 2, throwOnEndOfStream: false) == 2
            ? BinaryPrimitives.ReadUInt32LittleEndian(start[8..])
            : uint.MaxValue;
        byte[] text = new byte[Math.Min(rest, LengthLimit)];
        if (rest > LengthLimit || stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length)
        {
            throw new CnnException($"{path}: is a damaged .npy file: its header does not end");
        }

        length = (isFirst ? 10 : 12) + text.Length;
        return Encoding.Latin1.GetString(text);
    }

    private static int[] ParseShape(string text, string path, out long count)
    {
        var shape = new List<int>();
        count = 1;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int dim)
                || (count *= dim) > int.MaxValue)
            {
                throw new CnnException($"{path}: is a damaged .npy file or too large: its shape is ({text})");
            }

            shape.Add(dim);
        }

        return [.. shape];
    }

    // The type strings of NumPy's array interface: byte order, kind and bytes per value.
    private static NumberType? TypeOf(string name)
    {
        string type = name.TrimStart('<', '>', '|', '=');
        NumberKind kind = type.Length == 0 ? default : type[0] switch
        {
            'f' => NumberKind.Float,
            'i' => NumberKind.Signed,
            _ => NumberKind.Unsigned,
        };
        return type is "b1" or "u1" or "i1" or "f2" or "u2" or "i2" or "f4" or "u4" or "i4" or "f8" or "u8" or "i8"
            ? new NumberType(kind, type[1] - '0', name[0] == '>')
            : null;
    }

    private static string KindOf(string name) => name.TrimStart('<', '>', '|', '=').FirstOrDefault() switch
    {
        'U' or 'S' or 'a' => "text",
        'O' => "Python objects",
        'c' => "complex numbers",
        'M' or 'm' => "times",
        'V' or '(' or '[' => "records of several fields",
        'f' => "floats of an unusual size",
        _ => "values",
    };

    [GeneratedRegex("'descr':\\s*'?([^',]+)")]
    private static partial Regex TypeField();

    [GeneratedRegex("'fortran_order':\\s*(True|False)")]
    private static partial Regex OrderField();

    [GeneratedRegex("'shape':\\s*\\(([^)]*)\\)")]
    private static partial Regex ShapeField();
}
