using PureHDF;
using PureHDF.VOL.Native;

namespace Cnn.Proto;

/// <summary>The numbers of an HDF5 dataset; floats and integers of any width come as floats.</summary>
internal sealed class Hdf5Array : StoredArray
{
    private readonly Hdf5File file;
    private readonly IH5Dataset dataset;

    /// <exception cref="CnnException">The dataset holds something else.</exception>
    public Hdf5Array(Hdf5File file, IH5Dataset dataset)
    {
        this.file = file;
        this.dataset = dataset;
        Count = file.Read(_ => dataset.Space.Dimensions.Aggregate(1L, (product, dim) => checked(product * (long)dim)));
        if (file.Read(_ => dataset.Type.Class) is not (H5DataTypeClass.FloatingPoint or H5DataTypeClass.FixedPoint))
        {
            throw new CnnException($"{file.Path}: dataset '{dataset.Name}' does not hold numbers");
        }
    }

    public override long Count { get; }

    public override unsafe void CopyTo(Span<float> values)
    {
        fixed (float* target = values)
        {
            float* to = target;
            int length = values.Length;
            file.Read(_ => Copy(new Span<float>(to, length)));
        }
    }

    private bool Copy(Span<float> values)
    {
        switch (dataset.Type.Class, dataset.Type.Size)
        {
            case (H5DataTypeClass.FloatingPoint, 4):
                ((NativeDataset)dataset).Read(values);
                break;
            case (H5DataTypeClass.FloatingPoint, 8):
                Convert(dataset.Read<double[]>(), values, v => (float)v);
                break;
            case (H5DataTypeClass.FixedPoint, 8):
                Convert(dataset.Read<long[]>(), values, v => v);
                break;
            case (H5DataTypeClass.FixedPoint, 4):
                Convert(dataset.Read<int[]>(), values, v => v);
                break;
            case (H5DataTypeClass.FixedPoint, 2):
                Convert(dataset.Read<short[]>(), values, v => v);
                break;
            case (H5DataTypeClass.FixedPoint, 1):
                Convert(dataset.Read<byte[]>(), values, v => v);
                break;
            default:
                throw new CnnException(
                    $"{file.Path}: dataset '{dataset.Name}' holds numbers of {dataset.Type.Size} bytes, not of 1, 2, 4 or 8");
        }

        return true;
    }

    private static void Convert<T>(T[] from, Span<float> to, Func<T, float> convert)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = convert(from[i]);
        }
    }
}
