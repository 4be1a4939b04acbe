using Cnn.Layers.Data.Hdf5;
using Cnn.Proto;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>HDF5Output</c>: writes its bottoms, data and labels with the same number of items, to the datasets <c>data</c>
/// and <c>label</c> of an HDF5 file, float32 with four axes (num, channels, height, width; 1 for those that a bottom
/// lacks). The first pass replaces what is in the file, each further pass appends its items, and the file is valid
/// after every pass. (Caffe ends with an error in the second pass.) No tops and no gradient.
/// </summary>
[LayerType("HDF5Output")]
internal sealed class HDF5OutputLayer(LayerContext context) : Layer(context)
{
    private readonly HDF5OutputParameter parameter = context.Parameter.Hdf5OutputParam ?? new HDF5OutputParameter();
    private RowFile? file;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override bool WritesFiles => true;

    /// <summary>True: each pass appends to what those before it wrote.</summary>
    public override bool DependsOnEarlierPasses => true;

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => false;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (parameter.FileName.Length == 0)
        {
            throw Context.Error(
                parameter,
                HDF5OutputParameter.FileNameFieldNumber,
                "hdf5_output_param has no file_name",
                "name the file to write");
        }

        file = new RowFile(Context.Files.FindForWriting(parameter.FileName));
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

        RequireFits(file!.DataShape, bottoms[0], 0);
        RequireFits(file.LabelShape, bottoms[1], 1);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if ((long)file!.DataShape[0] + bottoms[0].LegacyDim(0) > int.MaxValue)
        {
            throw Context.Error($"'{parameter.FileName}' would have more than {int.MaxValue} items");
        }

        try
        {
            file.Append(bottoms[0], bottoms[1]);
        }
        catch (Exception exception) when (
            (exception as CnnException ?? FileErrors.From(file.Path, "write", exception)) is { } error)
        {
            Diagnostic first = error.Diagnostics[0];
            CnnException located = Context.Error(
                parameter, HDF5OutputParameter.FileNameFieldNumber, first.Message, first.Hint);
            throw new CnnException(located.Diagnostics, exception) { IsOfTheMachine = error.IsOfTheMachine };
        }
    }

    private void RequireFits(int[] shape, Blob bottom, int index)
    {
        if (bottom.AxisCount > 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[index]}' of shape {bottom.ShapeText} "
                + "has more than the 4 axes of a dataset");
        }

        if (!RowFile.Fits(shape, bottom))
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[index]}' has become {bottom.ShapeText}, "
                + $"but the items in '{parameter.FileName}' are {string.Join(" x ", shape.Skip(1))}",
                "items of one size go into a file");
        }
    }
}
