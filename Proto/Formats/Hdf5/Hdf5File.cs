using PureHDF;

namespace Cnn.Proto.Formats.Hdf5;

/// <summary>An HDF5 file that is read; whatever its library makes of a damaged one is one kind of error here.</summary>
internal sealed class Hdf5File : IDisposable
{
    private readonly PureHDF.VOL.Native.NativeFile file;
    private readonly long length;

    /// <summary>Opens a file.</summary>
    /// <exception cref="CnnException">It cannot be read or is damaged.</exception>
    public Hdf5File(string path)
    {
        Path = path;
        length = new FileInfo(path).Length;
        file = Guard(() => H5File.OpenRead(path));
    }

    /// <summary>The file's name.</summary>
    public string Path { get; }

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Whether a file starts as HDF5 files do.</summary>
    /// <exception cref="CnnException">It does not exist or cannot be read.</exception>
    public static bool IsHdf5(string path)
    {
        FileText.RequireFile(path);
        try
        {
            using FileStream stream = File.OpenRead(path);
            Span<byte> start = stackalloc byte[8];
            return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
                && start.SequenceEqual(Signature);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(path, "read", exception)!;
        }
    }

    /// <summary>Reads something of the file.</summary>
    /// <exception cref="CnnException">The file is damaged there.</exception>
    public T Read<T>(Func<IH5Group, T> read) => Guard(() => read(file));

    /// <summary>A dataset that can be read: its values, as they are stored, are no more than the file can hold.</summary>
    /// <exception cref="CnnException">It claims to be larger, so the file is damaged.</exception>
    public IH5Dataset Sound(IH5Dataset dataset)
    {
        double bytes = dataset.Space.Dimensions.Aggregate((double)dataset.Type.Size, (product, dim) => product * dim);

        // Chunks may be compressed, by deflate at most about a thousandfold.
        double most = length * (dataset.Layout.Class == H5DataLayoutClass.Chunked ? 1100.0 : 1.0);
        return bytes <= most
            ? dataset
            : throw new CnnException(
                $"{Path}: is a damaged HDF5 file: dataset '{dataset.Name}' claims {bytes} bytes, the file has {length}");
    }

    /// <summary>The numbers of a dataset.</summary>
    /// <exception cref="CnnException">It holds something else.</exception>
    public StoredArray Numbers(IH5Dataset dataset) => new Hdf5Array(this, dataset);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is not CnnException)
        {
            // A damaged file makes the library fail in many ways, arrays of impossible lengths among them; all of them mean
            // the same here.
            throw new CnnException($"{Path}: is a damaged HDF5 file: {exception.Message}", inner: exception);
        }
    }
}
