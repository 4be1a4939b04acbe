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
    private MadeUpRows? madeUp;
    private int batch;

    /// <summary>Makes the layer.</summary>
    public HDF5DataLayer(LayerContext context)
        : base(context) => parameter = Parameter.Hdf5DataParam ?? new HDF5DataParameter();

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.AtLeast(1);

    /// <inheritdoc/>
    public override long? SourceCount => files?.Rows.Sum(rows => (long)rows);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (Parameter.TransformParam is { } transform)
        {
            throw Context.Error(transform, 0, "an HDF5Data layer transforms nothing", "remove transform_param");
        }

        batch = BatchSize.Of(Context, parameter, HDF5DataParameter.BatchSizeFieldNumber, parameter.BatchSize);
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
            string list = Context.Files.Find(parameter.Source);
            if (Context.MadeUp is not null && Hdf5RowFiles.FindMissing(list, Context.Files) is { } missing)
            {
                madeUp = MakeUp(Context.MadeUp, missing);
                return;
            }

            files = new Hdf5RowFiles(list, Context.Files, [.. Parameter.Top]);
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
        madeUp?.Reshape(tops);
        for (int i = 0; i < tops.Count && madeUp is null; i++)
        {
            int[] shape = files!.Shapes[i];
            shape[0] = batch;
            tops[i].Reshape(shape);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (madeUp is not null)
        {
            madeUp.Draw(tops, Context.Clock.Pass);
            return;
        }

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

    private MadeUpRows MakeUp(MadeUpData given, string missing)
    {
        var tops = Parameter.Top.Select(top => (Name: top, Shape: MadeUpRows.ShapeOf(top, given, batch))).ToArray();
        string[] unknown = [.. tops.Where(top => top.Shape is null).Select(top => top.Name)];
        if (unknown.Length > 0)
        {
            throw Context.Error(
                parameter,
                HDF5DataParameter.SourceFieldNumber,
                $"'{missing}' is not here, and nothing tells the shape of '{string.Join("' and '", unknown)}'",
                string.Join(' ', unknown.Select(top => $"--shape {top}={batch}x3x32x32")) + " would");
        }

        string names = string.Join(" and ", tops.Select(top => $"'{top.Name}' ({MadeUpData.Text(top.Shape)})"));
        Context.Warning(
            parameter,
            HDF5DataParameter.SourceFieldNumber,
            $"{names} {(tops.Length == 1 ? "is" : "are")} made up: '{missing}' is not here");
        return new MadeUpRows(Context.Random.Key(Name, "made up"), [.. tops.Select(top => top.Shape!)]);
    }

    private CnnException Located(CnnException exception) =>
        Context.Error(parameter, HDF5DataParameter.SourceFieldNumber, exception);
}
