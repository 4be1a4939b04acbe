using Cnn.Layers.Data.Hdf5;
using Cnn.Proto;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>HDF5Data</c>: reads rows of the datasets in HDF5 files, which a text file lists one per line. Each top is the
/// dataset of the same name: [N, ...] of a dataset [rows, ...]. Rows come in order, file after file, starting again
/// after the last; with <c>shuffle</c> the files, and the rows within each file, come in an order that is a function of
/// the seed and the epoch. Which rows a batch holds is a function of the pass alone. One file at a time is in memory.
/// </summary>
[LayerType("HDF5Data")]
internal sealed class HDF5DataLayer : Layer
{
    private readonly HDF5DataParameter parameter;
    private Hdf5RowFiles? files;
    private Hdf5RowOrder? order;
    private int batch;

    /// <summary>Makes the layer.</summary>
    public HDF5DataLayer(LayerContext context)
        : base(context) => parameter = Parameter.Hdf5DataParam ?? new HDF5DataParameter();

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.AtLeast(1);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (Parameter.TransformParam is { } transform)
        {
            throw Context.Error(transform, 0, "an HDF5Data layer transforms nothing", "remove transform_param");
        }

        batch = BatchSize.Check(Context, parameter, HDF5DataParameter.BatchSizeFieldNumber, parameter.BatchSize);
        if (parameter.Source.Length == 0)
        {
            throw Context.Error(
                parameter,
                HDF5DataParameter.SourceFieldNumber,
                "source is missing in hdf5_data_param",
                "name the list of files");
        }

        try
        {
            files = new Hdf5RowFiles(Context.Files.Find(parameter.Source), Context.Files, [.. Parameter.Top]);
        }
        catch (CnnException exception)
        {
            throw Located(exception);
        }

        foreach (int size in files.RowSizes)
        {
            if ((long)size * batch > int.MaxValue / 2)
            {
                throw Context.Error(
                    parameter,
                    HDF5DataParameter.BatchSizeFieldNumber,
                    $"batch_size {batch} times {size} values a row are too many for a blob");
            }
        }

        order = new Hdf5RowOrder(files.Rows, parameter.Shuffle, Context.Random.Key(Name, "order"));
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        for (int i = 0; i < tops.Count; i++)
        {
            int[] shape = files!.Shapes[i];
            shape[0] = batch;
            tops[i].Reshape(shape);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        long first = Context.Clock.Pass * batch;
        for (int item = 0; item < batch; item++)
        {
            var (file, row) = order!.Find(first + item);
            try
            {
                files!.Load(file);
            }
            catch (CnnException exception)
            {
                throw Located(exception);
            }

            for (int i = 0; i < tops.Count; i++)
            {
                int size = files.RowSizes[i];
                files.Row(i, row).CopyTo(tops[i].Data.Slice(item * size, size));
            }
        }
    }

    private CnnException Located(CnnException exception)
    {
        Diagnostic first = exception.Diagnostics[0];
        return Context.Error(parameter, HDF5DataParameter.SourceFieldNumber, first.Message, first.Hint);
    }
}
