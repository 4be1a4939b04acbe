using PureHDF;

namespace Cnn.Proto;

/// <summary>
/// An HDF5 file whose root holds arrays of numbers, as HDF5Data reads and HDF5Output writes them. Open while it lives.
/// </summary>
public sealed class Hdf5Arrays : IDisposable
{
    private readonly IDisposable handle;
    private readonly IH5Group root;
    private readonly string path;

    private Hdf5Arrays(string path, IDisposable handle, IH5Group root) =>
        (this.path, this.handle, this.root) = (path, handle, root);

    /// <summary>Opens a file.</summary>
    /// <exception cref="CnnException">It does not exist, is no HDF5 file or is damaged.</exception>
    public static Hdf5Arrays Open(string path)
    {
        if (!Hdf5Weights.IsHdf5(path))
        {
            throw new CnnException($"'{path}' is no HDF5 file");
        }

        return Guard(path, () =>
        {
            var file = H5File.OpenRead(path);
            return new Hdf5Arrays(path, file, file);
        });
    }

    /// <summary>Writes arrays as float32 in contiguous datasets, which every HDF5 library reads; all of the file or nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="arrays">Name, shape and row-major values of each.</param>
    /// <exception cref="IOException">It cannot be written; what was there before is as it was.</exception>
    public static void Write(string path, IEnumerable<(string Name, int[] Shape, Memory<float> Values)> arrays)
    {
        var file = new H5File();
        foreach (var (name, shape, values) in arrays)
        {
            file[name] = new H5Dataset(values, fileDims: Array.ConvertAll(shape, d => (ulong)d));
        }

        AtomicFile.Write(path, stream => file.Write(stream, new H5WriteOptions(PreferCompactDatasetLayout: false)));
    }

    /// <summary>The dimensions of an array, outermost first; empty for a scalar.</summary>
    /// <exception cref="CnnException">There is none of that name.</exception>
    public int[] Shape(string name) => Guard(path, () => Array.ConvertAll(
        Find(name).Space.Dimensions,
        d => d <= int.MaxValue ? (int)d : throw new CnnException($"{path}: dataset '{name}' has a dimension of {d}, too many")));

    /// <summary>The values of an array, row-major; integers and floats of any width come as floats.</summary>
    /// <exception cref="CnnException">There is none of that name, or it does not hold numbers.</exception>
    public float[] Read(string name) => Guard(path, () => Hdf5Numbers.Read(Find(name), path));

    /// <summary>Closes the file.</summary>
    public void Dispose() => handle.Dispose();

    // A damaged file makes the library fail in many ways; all of them mean the same here.
    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is not CnnException and not OutOfMemoryException)
        {
            throw new CnnException($"{path}: is a damaged HDF5 file: {exception.Message}", inner: exception);
        }
    }

    private IH5Dataset Find(string name)
    {
        if (root.LinkExists(name) && root.Get(name) is IH5Dataset dataset)
        {
            return dataset;
        }

        string[] names = [.. root.Children().OfType<IH5Dataset>().Select(d => d.Name)];
        throw new CnnException(
            $"{path}: has no dataset '{name}'",
            Suggestion.For(name, names) ?? (names.Length == 0 ? "it has none" : $"it has {string.Join(", ", names)}"));
    }
}
