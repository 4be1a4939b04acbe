using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Npy;

/// <summary>
/// Reads and writes NumPy's .npy files (format versions 1 to 3). Numbers of any real type, in row or column order, are
/// read as floats; float32 in row order is written.
/// </summary>
public static partial class NpyFile
{
    private const int HeaderLimit = 1 << 16;
    private const string NumbersHint = "save them as float32: numpy.save(path, x.astype('float32'))";

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Whether a file begins as a .npy file does.</summary>
    /// <exception cref="CnnException">It cannot be read.</exception>
    public static bool IsNpy(string path)
    {
        using SafeFileHandle file = FileText.OpenHandle(path);
        try
        {
            Span<byte> start = stackalloc byte[Magic.Length];
            return start[..RandomAccess.Read(file, start, 0)].SequenceEqual(Magic);
        }
        catch (Exception exception) when (FileErrors.From(path, "read", exception) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Reads an array.</summary>
    /// <exception cref="CnnException">The file cannot be read, is damaged, or holds no real numbers.</exception>
    public static NumberArray Read(string path)
    {
        byte[] bytes = FileText.ReadBytes(path);
        int start = HeaderEnd(bytes, path, out string header);
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
            "save them as float32: numpy.save(path, x.astype('float32'))");
        if (bytes.Length - start != count * type.Size)
        {
            throw new CnnException(
                $"{path}: holds {bytes.Length - start} bytes of numbers, its shape [{string.Join(", ", shape)}] "
                + $"of type '{typeName}' needs {count * type.Size}");
        }

        var values = new float[count];
        type.Read(bytes.AsSpan(start), type.Size, values);
        return new NumberArray(shape, order.Groups[1].Value == "True" ? InRowOrder(values, shape) : values);
    }

    /// <summary>Writes an array as float32, atomically.</summary>
    /// <exception cref="CnnException">The file cannot be written.</exception>
    public static void Write(string path, NumberArray array)
    {
        string shape = string.Concat(
            array.Shape.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d}, "))).TrimEnd();
        shape = array.Shape.Length == 1 ? shape : shape.TrimEnd(',');
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}";

        // The numbers start at a multiple of 64 bytes, and the header ends with a line feed.
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

    [GeneratedRegex("'descr':\\s*'?([^',]+)")]
    private static partial Regex TypeField();

    [GeneratedRegex("'fortran_order':\\s*(True|False)")]
    private static partial Regex OrderField();

    [GeneratedRegex("'shape':\\s*\\(([^)]*)\\)")]
    private static partial Regex ShapeField();
}
