using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Npy;

/// <summary>
/// Reads and writes NumPy's .npy files (format versions 1 to 3). Numbers of any real type, in row or column order, are
/// read as floats; float32 in row order is written.
/// </summary>
public static class NpyFile
{
    /// <summary>Whether a file begins as a .npy file does.</summary>
    /// <exception cref="CnnException">It cannot be read.</exception>
    public static bool IsNpy(string path)
    {
        using SafeFileHandle file = FileText.OpenHandle(path);
        return FileText.Start(file, path, stackalloc byte[NpyHeader.Magic.Length]).SequenceEqual(NpyHeader.Magic);
    }

    /// <summary>Reads an array.</summary>
    /// <exception cref="CnnException">The file cannot be read, is damaged, or holds no real numbers.</exception>
    public static NumberArray Read(string path)
    {
        byte[] bytes = FileText.ReadBytes(path);
        using var stream = new MemoryStream(bytes);
        NpyHeader header = NpyHeader.Read(stream, path);
        header.RequireBytes(bytes.Length - header.Length, path);
        try
        {
            var values = new float[header.Count];
            header.Type.Read(bytes.AsSpan(header.Length), header.Type.Size, values);
            return new NumberArray(header.Shape, header.InRowOrder(values));
        }
        catch (OutOfMemoryException exception)
        {
            throw MemoryErrors.OfFile(path, "read", exception);
        }
    }

    /// <summary>Writes an array as float32, atomically.</summary>
    /// <exception cref="CnnException">The file cannot be written.</exception>
    public static void Write(string path, NumberArray array) => AtomicFile.Write(path, stream =>
    {
        NpyHeader.Write(stream, array.Shape);
        FloatBytes.Write(stream, array.Values);
    });
}
