using System.Buffers.Binary;

namespace Cnn.Proto.Formats.Idx;

/// <summary>Writes plain idx files; see <see cref="IdxFile"/>.</summary>
public static class IdxWriter
{
    /// <summary>Writes images; the file gets its final name only when it is complete.</summary>
    /// <param name="path">The file; it must not exist.</param>
    /// <param name="count">The number of images.</param>
    /// <param name="rows">The rows of each image.</param>
    /// <param name="columns">The columns of each image.</param>
    /// <param name="pixels">Writes the pixels of image i.</param>
    /// <exception cref="CnnException">The file exists or cannot be written.</exception>
    public static void WriteImages(string path, int count, int rows, int columns, Action<int, Span<byte>> pixels) =>
        Write(path, [2051, count, rows, columns], count, rows * columns, pixels);

    /// <summary>Writes labels; see <see cref="WriteImages"/>.</summary>
    /// <exception cref="CnnException">The file exists or cannot be written.</exception>
    public static void WriteLabels(string path, int count, Func<int, byte> label) =>
        Write(path, [2049, count], count, 1, (i, to) => to[0] = label(i));

    private static void Write(string path, ReadOnlySpan<int> header, int count, int size, Action<int, Span<byte>> item)
    {
        if (Path.Exists(path))
        {
            throw new CnnException($"'{path}' exists already", "remove it or write to another folder");
        }

        int[] words = header.ToArray();
        AtomicFile.Write(path, stream =>
        {
            Span<byte> word = stackalloc byte[4];
            foreach (int value in words)
            {
                BinaryPrimitives.WriteInt32BigEndian(word, value);
                stream.Write(word);
            }

            var bytes = new byte[size];
            for (int i = 0; i < count; i++)
            {
                item(i, bytes);
                stream.Write(bytes);
            }
        });
    }
}
