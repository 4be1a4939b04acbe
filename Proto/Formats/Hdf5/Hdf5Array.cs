using PureHDF;
using PureHDF.VOL.Native;

namespace Cnn.Proto.Formats.Hdf5;

/// <summary>The numbers of an HDF5 dataset; floats and integers of any width come as floats.</summary>
internal sealed class Hdf5Array : StoredArray
{
    private readonly Hdf5File file;
    private readonly IH5Dataset dataset;

    /// <exception cref="CnnException">The dataset holds something else.</exception>
    public Hdf5Array(Hdf5File file, IH5Dataset dataset)
    {
        this.file = file;
        this.dataset = file.Read(_ => file.Sound(dataset));
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
        bool isSigned = dataset.Type.Class != H5DataTypeClass.FixedPoint || dataset.Type.FixedPoint.IsSigned;
        switch (dataset.Type.Class, dataset.Type.Size, isSigned)
        {
            case (H5DataTypeClass.FloatingPoint, 4, _):
                ((NativeDataset)dataset).Read(values);
                break;
            case (H5DataTypeClass.FloatingPoint, 8, _):
                Convert(dataset.Read<double[]>(), values, v => (float)v);
                break;
            case (H5DataTypeClass.FixedPoint, 8, true):
                Convert(dataset.Read<long[]>(), values, v => v);
                break;
            case (H5DataTypeClass.FixedPoint, 8, false):
                Convert(dataset.Read<ulong[]>(), values, v => v);
                break;
            case (H5DataTypeClass.FixedPoint, 4, true):
                Convert(dataset.Read<int[]>(), values, v => v);
                break;
            case (H5DataTypeClass.FixedPoint, 4, false):
                Convert(dataset.Read<uint[]>(), values, v => v);
                break;
            case (H5DataTypeClass.FixedPoint, 2, true):
                Convert(dataset.Read<short[]>(), values, v => v);
                break;
            case (H5DataTypeClass.FixedPoint, 2, false):
                Convert(dataset.Read<ushort[]>(), values, v => v);
                break;
            case (H5DataTypeClass.FixedPoint, 1, true):
                Convert(dataset.Read<sbyte[]>(), values, v => v);
                break;
            case (H5DataTypeClass.FixedPoint, 1, false):
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
