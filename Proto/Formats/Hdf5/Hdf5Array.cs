using PureHDF;
using PureHDF.Selections;
using PureHDF.VOL.Native;

namespace Cnn.Proto.Formats.Hdf5;

/// <summary>
/// The numbers of an HDF5 dataset; floats and integers of any width and byte order are read as floats.
/// </summary>
internal sealed class Hdf5Array : StoredArray
{
    private const int MaxPieceBytes = 1 << 26;

    private readonly Hdf5File file;
    private readonly NativeDataset dataset;
    private readonly NumberType type;
    private readonly int pieceBytes;

    /// <param name="file">The file.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="pieceBytes">The most bytes that are converted at once, unless a row has more.</param>
    /// <exception cref="CnnException">The dataset does not hold numbers that can be read.</exception>
    public Hdf5Array(Hdf5File file, IH5Dataset dataset, int pieceBytes = MaxPieceBytes)
    {
        this.file = file;
        this.pieceBytes = pieceBytes;
        this.dataset = (NativeDataset)file.RequireReadable(dataset);
        (type, Count) = file.Read(
            _ => (Hdf5Types.Read(dataset, file.What(dataset.Name)), ElementsOf(dataset.Space.Dimensions)),
            dataset.Name);
    }

    /// <inheritdoc/>
    public override long Count { get; }

    /// <inheritdoc/>
    public override unsafe void CopyTo(Span<float> values)
    {
        fixed (float* target = values)
        {
            float* to = target;
            int length = values.Length;
            file.Read(_ => Copy(new Span<float>(to, length)), dataset.Name);
        }
    }

    private static long ElementsOf(ulong[] dimensions) =>
        dimensions.Aggregate(1L, (product, dim) => checked(product * (long)dim));

    private bool Copy(Span<float> values)
    {
        if (type == NumberType.Float32)
        {
            dataset.Read(values);
        }
        else if (dataset.Space.Rank == 0 || (long)type.Size * values.Length <= pieceBytes)
        {
            CopyPiece(values, null);
        }
        else
        {
            CopyByRows(values);
        }

        return true;
    }

    private void CopyByRows(Span<float> values)
    {
        ulong[] dimensions = dataset.Space.Dimensions;
        int row = values.Length / (int)dimensions[0], rowsAtOnce = Math.Max(1, pieceBytes / type.Size / row);
        var (start, size) = (new ulong[dimensions.Length], (ulong[])dimensions.Clone());
        for (int done = 0; done < values.Length; done += row * (int)size[0])
        {
            start[0] = (ulong)(done / row);
            size[0] = Math.Min((ulong)rowsAtOnce, dimensions[0] - start[0]);
            CopyPiece(
                values.Slice(done, row * (int)size[0]),
                new HyperslabSelection(dimensions.Length, [.. start], [.. size]));
        }
    }

    // The library converts neither byte orders nor widths, but returns the bytes as they are.
    private void CopyPiece(Span<float> values, Selection? selection)
    {
        var bytes = new byte[type.Size * values.Length];
        dataset.Read(bytes.AsSpan(), selection);
        type.Read(bytes, type.Size, values);
    }
}
