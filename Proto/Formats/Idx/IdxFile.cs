using System.Buffers.Binary;
using System.IO.Compression;

namespace Cnn.Proto.Formats.Idx;

/// <summary>
/// A file of the idx format in which MNIST is published: a big-endian magic number (0x0800 for unsigned bytes, plus the
/// number of axes), the size of each axis, then the bytes. It is plain or gzip-compressed, as its content shows.
/// </summary>
public sealed class IdxFile
{
    private const int ImagesMagic = 2051, LabelsMagic = 2049;
    private const int Largest = int.MaxValue - 64;

    private IdxFile(string path, int[] shape, byte[] data) => (Path, Shape, Data) = (path, shape, data);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>[count, rows, columns] for images, [count] for labels.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The number of images or labels.</summary>
    public int Count => Shape[0];

    /// <summary>The bytes, one per pixel or label.</summary>
    public byte[] Data { get; }

    /// <summary>Reads images: magic 2051, [count, rows, columns].</summary>
    /// <exception cref="CnnException">
    /// The file cannot be read, is not of the format, or is too short or too long.
    /// </exception>
    public static IdxFile ReadImages(string path) => Read(path, ImagesMagic);

    /// <summary>Reads labels: magic 2049, [count].</summary>
    /// <exception cref="CnnException">
    /// The file cannot be read, is not of the format, or is too short or too long.
    /// </exception>
    public static IdxFile ReadLabels(string path) => Read(path, LabelsMagic);

    /// <summary>Checks that an image file and a label file belong together.</summary>
    /// <exception cref="CnnException">The numbers of entries differ.</exception>
    public static void RequirePair(IdxFile images, IdxFile labels)
    {
        if (images.Count != labels.Count)
        {
            throw new CnnException(
                $"'{images.Path}' holds {images.Count} images but '{labels.Path}' {labels.Count} labels",
                "take both from the same set");
        }
    }

    /// <summary>Reads images, or labels, from a stream.</summary>
    /// <param name="stream">The file's content, plain or gzip; it must be able to seek.</param>
    /// <param name="path">Its name in errors.</param>
    /// <param name="magic">2051 for images, 2049 for labels.</param>
    /// <exception cref="CnnException">The file is not of the format, or is too short or too long.</exception>
    internal static IdxFile Read(Stream stream, string path, int magic)
    {
        Span<byte> start = stackalloc byte[2];
        bool gzip = stream.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start is [0x1F, 0x8B];
        stream.Position = 0;
        if (!gzip)
        {
            return Content(stream, path, magic, stream.Length);
        }

        // Deflate shrinks data at most about a thousandfold, so the file's size bounds what the header may claim.
        using var unpacked = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
        return Content(unpacked, path, magic, stream.Length * 1100);
    }

    private static IdxFile Read(string path, int magic)
    {
        try
        {
            using var stream = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
            return Read(stream, path, magic);
        }
        catch (InvalidDataException exception)
        {
            throw new CnnException($"'{path}' is a damaged gzip file", "fetch it again", exception);
        }
        catch (Exception exception) when (FileErrors.From(path, "read", exception) is { } error)
        {
            throw error;
        }
    }

    private static IdxFile Content(Stream stream, string path, int magic, long most)
    {
        int axes = magic & 0xFF;
        var header = new byte[4 * (axes + 1)];
        int read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        int found = read >= 4 ? BinaryPrimitives.ReadInt32BigEndian(header) : -1;
        if (found != magic)
        {
            throw new CnnException(
                $"'{path}' is not an idx file of {Name(magic)}: "
                + (read < 4 ? $"it has only {read} bytes" : $"its magic number is {found}, not {magic}"),
                found == (ImagesMagic ^ LabelsMagic ^ magic)
                    ? $"it holds {Name(found)}: are the two files swapped?"
                    : null);
        }

        if (read < header.Length)
        {
            throw Short(path, read, header.Length);
        }

        var shape = new int[axes];
        long size = 1;
        for (int i = 0; i < axes; i++)
        {
            shape[i] = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * (i + 1)));
            size = shape[i] < 0 || size < 0 || (size *= shape[i]) > Largest ? -1 : size;
        }

        if (size < 0 || (axes == 3 && size == 0 && shape[0] > 0))
        {
            throw new CnnException($"the header of '{path}' says {string.Join(" x ", shape)}, which cannot be");
        }

        if (size > most)
        {
            throw Short(path, most, size + header.Length);
        }

        var data = new byte[size];
        int got = stream.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
        if (got < size)
        {
            throw Short(path, got + header.Length, size + header.Length);
        }

        if (stream.ReadByte() >= 0)
        {
            throw new CnnException(
                $"'{path}' is longer than the {size + header.Length} bytes that its header says", "fetch it again");
        }

        return new IdxFile(path, shape, data);
    }

    private static CnnException Short(string path, long has, long needs) => new(
        $"'{path}' is cut short: it has {has} bytes at most, its header says {needs}", "fetch it again");

    private static string Name(int magic) => magic == ImagesMagic ? "images" : "labels";
}
