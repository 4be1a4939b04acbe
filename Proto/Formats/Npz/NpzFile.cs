using System.IO.Compression;
using System.Text;
using Cnn.Proto.Formats.Npy;
using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Npz;

/// <summary>
/// NumPy's .npz files: ZIP archives with a .npy file for each array, whose name is the entry's without <c>.npy</c>.
/// </summary>
/// <remarks>Source: numpy.lib.format and numpy.savez.</remarks>
internal sealed class NpzFile : IDisposable
{
    /// <summary>The ending of such a file's name.</summary>
    public const string Extension = ".npz";

    private const string ArrayExtension = ".npy";

    // Deflate reaches at most about a factor of a thousand.
    private const long MaxCompression = 1100;

    private const int LongestName = ushort.MaxValue;

    // ZIP has times, but two exports of the same weights have the same bytes; it is what NumPy writes, and ZIP's first.
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string path;
    private readonly FileStream stream;
    private ZipArchive? archive;

    private NpzFile(string path)
    {
        this.path = path;
        SafeFileHandle handle = FileText.OpenHandle(path);
        try
        {
            stream = new FileStream(handle, FileAccess.Read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            handle.Dispose();
            throw FileErrors.From(path, "read", exception)!;
        }
    }

    // Those of an entry, and of the end of an archive without one.
    private static ReadOnlySpan<byte> Entry => "PK\u0003\u0004"u8;

    private static ReadOnlySpan<byte> End => "PK\u0005\u0006"u8;

    /// <summary>Whether a file is a ZIP archive, by its content.</summary>
    /// <exception cref="CnnException">It does not exist or cannot be read.</exception>
    public static bool IsFormatOf(string path)
    {
        using SafeFileHandle file = FileText.OpenHandle(path);
        Span<byte> start = FileText.Start(file, path, stackalloc byte[Entry.Length]);
        return start.SequenceEqual(Entry) || start.SequenceEqual(End);
    }

    /// <summary>Opens a file of weights and reads everything but the numbers.</summary>
    /// <exception cref="CnnException">The file cannot be read, is damaged, or holds something else.</exception>
    public static WeightsFile Open(string path)
    {
        var file = new NpzFile(path);
        try
        {
            return new WeightsFile(NamedArrays.ToLayers(file.Arrays()), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes arrays in their order, not compressed, as numpy.savez does.</summary>
    /// <param name="stream">The stream to write to; it can seek.</param>
    /// <param name="arrays">The arrays.</param>
    /// <exception cref="CnnException">A name is longer than the format allows.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void Write(Stream stream, IReadOnlyList<NamedArray> arrays)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (NamedArray array in arrays)
        {
            string name = array.Name + ArrayExtension;
            if (Encoding.UTF8.GetByteCount(name) > LongestName)
            {
                throw new CnnException(
                    $"a .npz file cannot hold the array '{PathText.Shown(array.Name)}': its name is too long",
                    "rename the layer, or write .safetensors");
            }

            ZipArchiveEntry entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
            entry.LastWriteTime = Time;
            using Stream content = entry.Open();
            NpyHeader.Write(content, array.Array.Shape);
            FloatBytes.Write(content, array.Array.Data);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        archive?.Dispose();
        stream.Dispose();
    }

    /// <summary>Reads something from the file.</summary>
    /// <param name="read">Reads it.</param>
    /// <param name="entry">The entry that is read; null for none.</param>
    /// <exception cref="CnnException">The file is damaged there.</exception>
    internal T Guard<T>(Func<T> read, string? entry)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException
            || (exception is IOException and not EndOfStreamException))
        {
            throw FileErrors.From(path, "read", exception)!;
        }
        catch (OutOfMemoryException exception)
        {
            throw MemoryErrors.OfContent(entry is null ? path : What(entry), exception);
        }
        catch (Exception exception) when (exception is not CnnException)
        {
            // The library's messages are written for programmers.
            throw new CnnException(
                entry is null
                    ? $"{path}: is no .npz file or a damaged one: its list of entries cannot be read"
                    : $"{What(entry)}: cannot be read: it is damaged, or packed in a way that NumPy does not use",
                inner: exception);
        }
    }

    /// <summary>Returns the name of an entry, for errors.</summary>
    internal string What(string entry) => $"{path}: '{PathText.Shown(entry)}'";

    private List<(string Name, StoredBlob Blob)> Arrays()
    {
        ZipArchiveEntry[] entries = Guard(
            () =>
            {
                archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
                return archive.Entries.Where(e => e.FullName.EndsWith(ArrayExtension, StringComparison.Ordinal));
            },
            null).ToArray();
        if (entries.Length == 0)
        {
            throw new CnnException(
                $"{path}: is a ZIP archive without .npy files, so it holds no weights",
                "numpy.savez(path, **arrays) writes them");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var arrays = new List<(string, StoredBlob)>();
        foreach (ZipArchiveEntry entry in entries)
        {
            if (!names.Add(entry.FullName))
            {
                throw new CnnException($"{What(entry.FullName)}: two arrays have this name");
            }

            arrays.Add((entry.FullName[..^ArrayExtension.Length], ReadBlob(entry)));
        }

        return arrays;
    }

    private StoredBlob ReadBlob(ZipArchiveEntry entry)
    {
        string what = What(entry.FullName);
        NpyHeader header = Guard(
            () =>
            {
                // A damaged list of entries can claim any size.
                if (entry.Length / MaxCompression > entry.CompressedLength)
                {
                    throw new CnnException(
                        $"{what}: is damaged: it claims {entry.Length} bytes, packed in {entry.CompressedLength}");
                }

                using Stream content = entry.Open();
                NpyHeader read = NpyHeader.Read(content, what);
                read.RequireBytes(entry.Length - read.Length, what);
                return read;
            },
            entry.FullName);
        return new StoredBlob
        {
            Shape = new StoredShape(Array.ConvertAll(header.Shape, d => (long)d)),
            Data = new NpzArray(this, entry, header),
        };
    }
}
