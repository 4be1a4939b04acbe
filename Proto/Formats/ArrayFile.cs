using Cnn.Proto.Formats.Hdf5;
using Cnn.Proto.Formats.Npy;
using PureHDF;

namespace Cnn.Proto.Formats;

/// <summary>
/// Reads and writes arrays in files: NumPy's .npy, or a dataset of an HDF5 file, named as <c>file.h5:dataset</c>.
/// </summary>
public static class ArrayFile
{
    /// <summary>Reads an array.</summary>
    /// <param name="place">The file, with the dataset after a colon for HDF5.</param>
    /// <param name="name">The dataset to read where none is named.</param>
    /// <exception cref="CnnException">It cannot be read.</exception>
    public static NumberArray Read(string place, string name)
    {
        var (path, dataset) = Split(place, name);
        return IsHdf5Name(path) ? ReadHdf5(path, dataset) : NpyFile.Read(path);
    }

    /// <summary>Writes an array; an HDF5 file then holds only this one.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string place, string name, NumberArray array)
    {
        var (path, dataset) = Split(place, name);
        if (IsHdf5Name(path))
        {
            WriteHdf5(path, [(dataset, array)]);
            return;
        }

        NpyFile.Write(path, array);
    }

    /// <summary>Writes several arrays to an HDF5 file, each as a dataset; slashes in names make groups.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void WriteHdf5(string path, IEnumerable<(string Name, NumberArray Array)> arrays)
    {
        var file = new H5File();
        foreach (var (name, array) in arrays)
        {
            string[] parts = name.Split('/');
            H5Group group = file;
            foreach (string part in parts[..^1])
            {
                if (!group.TryGetValue(part, out object? child))
                {
                    group[part] = child = new H5Group();
                }

                group = (H5Group)child;
            }

            ulong[] dims = array.Shape.Length == 0 ? [1] : Array.ConvertAll(array.Shape, d => (ulong)d);
            group[parts[^1]] = new H5Dataset(array.Values, fileDims: dims);
        }

        AtomicFile.Write(path, stream => file.Write(stream));
    }

    private static NumberArray ReadHdf5(string path, string dataset)
    {
        using var file = new Hdf5Arrays(path);
        return new NumberArray(file.Shape(dataset), file.Read(dataset));
    }

    private static (string Path, string Dataset) Split(string place, string name)
    {
        int colon = place.LastIndexOf(':');
        return colon > 0 && IsHdf5Name(place[..colon]) ? (place[..colon], place[(colon + 1)..]) : (place, name);
    }

    private static bool IsHdf5Name(string path) =>
        path.EndsWith(".h5", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(".hdf5", StringComparison.OrdinalIgnoreCase);
}
