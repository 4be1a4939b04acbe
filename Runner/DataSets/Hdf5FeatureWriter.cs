using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats.Hdf5;

namespace Cnn.Runner.DataSets;

/// <summary>Writes the items of a blob, and their labels if there are any, to an HDF5 file.</summary>
internal sealed class Hdf5FeatureWriter : FeatureWriter
{
    private readonly bool hasLabels;
    private readonly Hdf5RowWriter writer;

    /// <exception cref="CnnException">There would be too many items, or the path cannot be written.</exception>
    public Hdf5FeatureWriter(string path, string name, Blob blob, Blob? labels, int batches)
        : base(name, blob)
    {
        // A blob of other items than the labels', such as of the regions of an image, goes without.
        hasLabels = labels is { AxisCount: > 0 } && labels.Dim(0) == blob.LegacyDim(0);
        if ((long)blob.LegacyDim(0) * batches > int.MaxValue)
        {
            throw new CnnException($"'{path}' would have more than {int.MaxValue} items", "extract fewer batches");
        }

        (string, int[])[] arrays = [("data", ShapeOf(blob, batches))];
        writer = Hdf5RowWriter.Create(
            path, hasLabels ? [.. arrays, ("label", ShapeOf(labels!, batches))] : arrays);
    }

    /// <inheritdoc/>
    public override void Commit() => writer.Commit();

    /// <inheritdoc/>
    public override void Dispose() => writer.Dispose();

    /// <inheritdoc/>
    protected override void Write(Blob items, Blob? labels)
    {
        writer.Append(0, items.Data);
        if (hasLabels)
        {
            writer.Append(1, labels!.Data);
        }
    }

    private static int[] ShapeOf(Blob blob, int batches)
    {
        int[] shape = blob.AxisCount == 0 ? [1] : blob.Shape.ToArray();
        shape[0] *= batches;
        return shape;
    }
}
