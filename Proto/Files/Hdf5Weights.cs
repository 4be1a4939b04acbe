using System.Globalization;
using PureHDF;

namespace Cnn.Proto;

/// <summary>Reads the parameters in a .caffemodel.h5: group <c>/data</c>, a group a layer, datasets "0", "1" and so on.</summary>
public static class Hdf5Weights
{
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
            throw new CnnException($"{path}: cannot be read: {exception.Message}", inner: exception);
        }
    }

    /// <summary>The parameters by layer; floats and integers of any width come as floats.</summary>
    /// <exception cref="CnnException">The file is damaged or has another layout.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<(int Index, int[] Shape, float[] Values)>> Read(string path)
    {
        var layers = new Dictionary<string, IReadOnlyList<(int, int[], float[])>>();
        try
        {
            using var file = H5File.OpenRead(path);
            if (!file.LinkExists("data"))
            {
                throw new CnnException($"{path}: has no group /data, so it holds no weights");
            }

            foreach (IH5Group layer in file.Group("data").Children().OfType<IH5Group>())
            {
                layers[layer.Name] = [.. layer.Children().OfType<IH5Dataset>().Select(d => ReadBlob(d, path)).OrderBy(b => b.Index)];
            }
        }
        catch (Exception exception) when (exception is not CnnException and not OutOfMemoryException)
        {
            // A damaged file makes the library fail in many ways; all of them mean the same here.
            throw new CnnException($"{path}: is a damaged HDF5 file: {exception.Message}", inner: exception);
        }

        return layers;
    }

    private static (int Index, int[] Shape, float[] Values) ReadBlob(IH5Dataset dataset, string path)
    {
        if (!int.TryParse(dataset.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
        {
            throw new CnnException($"{path}: dataset '{dataset.Name}' is not the number of a parameter");
        }

        int[] shape = Array.ConvertAll(dataset.Space.Dimensions, d => checked((int)d));
        float[] values = (dataset.Type.Class, dataset.Type.Size) switch
        {
            (H5DataTypeClass.FloatingPoint, 4) => dataset.Read<float[]>(),
            (H5DataTypeClass.FloatingPoint, 8) => Array.ConvertAll(dataset.Read<double[]>(), v => (float)v),
            (H5DataTypeClass.FixedPoint, 4) => Array.ConvertAll(dataset.Read<int[]>(), v => (float)v),
            (H5DataTypeClass.FixedPoint, 8) => Array.ConvertAll(dataset.Read<long[]>(), v => (float)v),
            (H5DataTypeClass.FixedPoint, 2) => Array.ConvertAll(dataset.Read<short[]>(), v => (float)v),
            (H5DataTypeClass.FixedPoint, 1) => Array.ConvertAll(dataset.Read<byte[]>(), v => (float)v),
            _ => throw new CnnException($"{path}: dataset '{dataset.Name}' holds {dataset.Type.Class}, not numbers"),
        };
        return (index, shape, values);
    }
}
