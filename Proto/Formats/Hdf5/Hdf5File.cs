using Microsoft.Win32.SafeHandles;
using PureHDF;
using PureHDF.VOL.Native;

namespace Cnn.Proto.Formats.Hdf5;

/// <summary>
/// An HDF5 file opened for reading. Whatever its library makes of a damaged file becomes one kind of error here.
/// </summary>
internal sealed class Hdf5File : IDisposable
{
    private const int ReadAhead = 4096;

    // Chunks may be compressed; deflate reaches at most about a factor of a thousand.
    private const double MaxCompression = 1100;

    private readonly NativeFile file;
    private readonly Hdf5Links links;
    private readonly long length;

    /// <summary>Opens a file.</summary>
    /// <exception cref="CnnException">The file cannot be read, is not an HDF5 file or is damaged.</exception>
    public Hdf5File(string path)
    {
        Path = path;
        long start = Start(path, out length);
        if (start < 0)
        {
            throw new CnnException($"'{path}' is no HDF5 file");
        }

        file = Guard(() => Open(path, start), null);
        links = Guard(() => Hdf5Links.Refuse(file), null);
    }

    /// <summary>The file's name.</summary>
    public string Path { get; }

    /// <summary>Whether a file is of the format, by its content.</summary>
    /// <exception cref="CnnException">It does not exist or cannot be read.</exception>
    public static bool IsHdf5(string path) => Start(path, out _) >= 0;

    /// <summary>Returns the name of a dataset of the file, or of the file, for errors.</summary>
    public string What(string? dataset) => dataset is null ? Path : $"{Path}: dataset '{dataset}'";

    /// <summary>Reads something from the file.</summary>
    /// <param name="read">Reads it, beginning at the root.</param>
    /// <param name="dataset">The dataset that is read, if one is.</param>
    /// <exception cref="CnnException">The file is damaged there.</exception>
    public T Read<T>(Func<IH5Group, T> read, string? dataset = null)
    {
        try
        {
            return Guard(() => read(file), dataset);
        }
        catch (CnnException) when (links.Refused is { } other)
        {
            throw new CnnException(
                $"{Path}: links to the file '{other}', and files that others link to are not read",
                "copy the values into the file itself");
        }
    }

    /// <summary>
    /// Checks that a dataset can be read: its values lie in this file and are no larger than the file can hold, and
    /// they are compressed only by filters that can be undone.
    /// </summary>
    /// <returns>The dataset.</returns>
    /// <exception cref="CnnException">It cannot be read.</exception>
    public IH5Dataset RequireReadable(IH5Dataset dataset) => Guard(
        () =>
        {
            if (dataset.Space.Type == H5DataspaceType.Null)
            {
                throw new CnnException($"{What(dataset.Name)} is empty: it has no shape and no values");
            }

            RequireOwnValues(dataset);
            Hdf5Filters.RequireReadable(dataset, What(dataset.Name));
            ulong[] dimensions = dataset.Space.Dimensions;
            double bytes = dimensions.Aggregate((double)dataset.Type.Size, (product, dim) => product * dim);
            double most = length * (dataset.Layout.Class == H5DataLayoutClass.Chunked ? MaxCompression : 1.0);
            return bytes <= most
                ? dataset
                : throw new CnnException(
                    $"{Path}: is a damaged HDF5 file: dataset '{dataset.Name}' claims {bytes} bytes, "
                    + $"the file has {length}");
        },
        dataset.Name);

    /// <summary>Returns the numbers of a dataset.</summary>
    /// <exception cref="CnnException">It holds something else.</exception>
    public StoredArray Numbers(IH5Dataset dataset) => new Hdf5Array(this, dataset);

    /// <summary>Returns a dataset as a blob.</summary>
    /// <exception cref="CnnException">It does not hold numbers.</exception>
    public StoredBlob Blob(IH5Dataset dataset) => new()
    {
        Shape = new StoredShape([.. dataset.Space.Dimensions.Select(dim => checked((long)dim))]),
        Data = Numbers(dataset),
    };

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static long Start(string path, out long length)
    {
        using SafeFileHandle handle = FileText.OpenHandle(path);
        length = FileText.Length(handle, path);
        return Hdf5Signature.Find(handle, path);
    }

    private static NativeFile Open(string path, long start)
    {
        // The library looks for user blocks of 512 bytes, but not for all larger ones. When it fails to open a file, it
        // closes the file only if it was given as a stream.
        Stream stream = start == 0
            ? new FileStream(path, FileMode.Open, FileAccess.Read)
            : new BufferedStream(new Hdf5UserBlockStream(FileText.OpenHandle(path), start), ReadAhead);
        try
        {
            return H5File.Open(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    // A file comes from anywhere, and what it names may be any file that the user can read.
    private void RequireOwnValues(IH5Dataset dataset)
    {
        string? where = dataset.Layout.Class == H5DataLayoutClass.VirtualStorage
            ? "is a virtual dataset, of other datasets' values"
            : Hdf5Internals.HasExternalStorage(dataset) ? "has its values in another file"
            : null;
        if (where is not null)
        {
            throw new CnnException(
                $"{What(dataset.Name)} {where}, which cannot be read",
                "write the values into the file itself");
        }
    }

    private T Guard<T>(Func<T> read, string? dataset)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (FileErrors.Unwrapped(exception) is UnauthorizedAccessException
            or (IOException and not EndOfStreamException))
        {
            throw FileErrors.From(Path, "read", exception)!;
        }
        catch (Exception exception) when (FileErrors.Unwrapped(exception) is OutOfMemoryException)
        {
            throw MemoryErrors.OfContent(What(dataset), exception);
        }
        catch (Exception exception) when (exception is not CnnException)
        {
            // A damaged file makes the library fail in many ways, arrays of impossible lengths among them, and its
            // messages are written for programmers.
            string place = dataset is null ? "" : $": dataset '{dataset}' cannot be read";
            throw new CnnException(
                $"{Path}: is a damaged HDF5 file{place}",
                "or it has parts that other versions of HDF5 write; h5repack may write it anew",
                exception);
        }
    }
}
