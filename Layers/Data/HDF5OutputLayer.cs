using Cnn.Proto;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>HDF5Output</c>: writes its bottoms, data and labels of as many items, to datasets <c>data</c> and <c>label</c> of an
/// HDF5 file, float32 with four axes (num, channels, height, width; 1 for those that a bottom lacks). The first pass
/// replaces what is in the file, each further pass adds its items after those before, and after every pass the file is
/// whole. (Caffe ends with an error in the second pass.) All items are kept in memory until the net is gone. No tops and
/// no gradient.
/// </summary>
[LayerType("HDF5Output")]
public sealed class HDF5OutputLayer(LayerContext context) : Layer(context)
{
    private readonly HDF5OutputParameter parameter = context.Parameter.Hdf5OutputParam ?? new HDF5OutputParameter();
    private readonly Hdf5Rows data = new();
    private readonly Hdf5Rows labels = new();

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => false;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (parameter.FileName.Length == 0)
        {
            throw Context.Error(
                parameter, HDF5OutputParameter.FileNameFieldNumber, "hdf5_output_param has no file_name", "name the file to write");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms[0].LegacyDim(0) != bottoms[1].LegacyDim(0))
        {
            throw Context.Error(
                $"bottoms '{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} and '{Parameter.Bottom[1]}' of shape "
                + $"{bottoms[1].ShapeText} hold different numbers of items");
        }

        RequireFits(data, bottoms[0], 0);
        RequireFits(labels, bottoms[1], 1);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Append(data, bottoms[0], 0);
        Append(labels, bottoms[1], 1);
        string path = Context.Files.FindForWriting(parameter.FileName);
        try
        {
            Hdf5Arrays.Write(path, [("data", data.Shape, data.Values), ("label", labels.Shape, labels.Values)]);
        }
        catch (Exception exception) when (FileErrors.From(path, "write", exception) is { } error)
        {
            Diagnostic first = error.Diagnostics[0];
            throw Context.Error(parameter, HDF5OutputParameter.FileNameFieldNumber, first.Message, first.Hint);
        }
    }

    private void RequireFits(Hdf5Rows rows, Blob bottom, int index)
    {
        if (bottom.AxisCount > 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[index]}' of shape {bottom.ShapeText} has more than the 4 axes of a dataset");
        }

        if (!rows.Fits(bottom))
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[index]}' has become {bottom.ShapeText}, but the items in '{parameter.FileName}' "
                + $"are {string.Join(" x ", rows.Shape.Skip(1))}",
                "items of one size go into a file");
        }
    }

    private void Append(Hdf5Rows rows, Blob bottom, int index)
    {
        if (!rows.TryAppend(bottom))
        {
            throw Context.Error(
                parameter,
                HDF5OutputParameter.FileNameFieldNumber,
                $"the items of '{Parameter.Bottom[index]}' are more than the {Array.MaxLength} values that fit one file");
        }
    }
}
