using PureHDF;

namespace Cnn.Proto;

/// <summary>Datasets of numbers of any width as floats.</summary>
internal static class Hdf5Numbers
{
    /// <summary>All values of a dataset, in row-major order.</summary>
    /// <exception cref="CnnException">It does not hold numbers.</exception>
    public static float[] Read(IH5Dataset dataset, string path)
    {
        if (dataset.Space.Dimensions.Contains(0UL))
        {
            return [];
        }

        bool isFixed = dataset.Type.Class == H5DataTypeClass.FixedPoint;
        return (dataset.Type.Class, dataset.Type.Size, isFixed && !dataset.Type.FixedPoint.IsSigned) switch
        {
            (H5DataTypeClass.FloatingPoint, 4, _) => dataset.Read<float[]>(),
            (H5DataTypeClass.FloatingPoint, 8, _) => Array.ConvertAll(dataset.Read<double[]>(), v => (float)v),
            (H5DataTypeClass.FixedPoint, 8, false) => Array.ConvertAll(dataset.Read<long[]>(), v => (float)v),
            (H5DataTypeClass.FixedPoint, 8, true) => Array.ConvertAll(dataset.Read<ulong[]>(), v => (float)v),
            (H5DataTypeClass.FixedPoint, 4, false) => Array.ConvertAll(dataset.Read<int[]>(), v => (float)v),
            (H5DataTypeClass.FixedPoint, 4, true) => Array.ConvertAll(dataset.Read<uint[]>(), v => (float)v),
            (H5DataTypeClass.FixedPoint, 2, false) => Array.ConvertAll(dataset.Read<short[]>(), v => (float)v),
            (H5DataTypeClass.FixedPoint, 2, true) => Array.ConvertAll(dataset.Read<ushort[]>(), v => (float)v),
            (H5DataTypeClass.FixedPoint, 1, false) => Array.ConvertAll(dataset.Read<sbyte[]>(), v => (float)v),
            (H5DataTypeClass.FixedPoint, 1, true) => Array.ConvertAll(dataset.Read<byte[]>(), v => (float)v),
            _ => throw new CnnException($"{path}: dataset '{dataset.Name}' holds {dataset.Type.Class}, not numbers"),
        };
    }
}
