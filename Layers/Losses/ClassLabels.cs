using Cnn.Layers.Kernels.Losses;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Losses;

/// <summary>
/// The labels of a layer that reads classes: one float per position, whose whole part is from 0 to the number of
/// classes - 1 or, where there is one, the label to ignore. Anything else, NaN included, is an error that names the
/// position.
/// </summary>
internal sealed unsafe class ClassLabels(LayerContext context, int bottom = 1)
{
    private PinnedInts indices = new(0);

    /// <summary>The class of each position, negative where it is ignored; as last read.</summary>
    public int* Indices => indices.Pointer;

    /// <summary>How many positions are not ignored; as last read.</summary>
    public int Valid { get; private set; }

    private string LabelsName => context.Parameter.Bottom[bottom];

    /// <summary>Requires one label per position.</summary>
    /// <param name="scores">The first bottom.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="positions">How many labels the scores need.</param>
    /// <param name="hint">What a position is.</param>
    public void RequireCount(Blob scores, Blob labels, long positions, string hint)
    {
        if (labels.Count != positions)
        {
            throw context.Error(
                $"scores '{context.Parameter.Bottom[0]}' of shape {scores.ShapeText} need {positions} labels, but "
                + $"'{LabelsName}' has shape {labels.ShapeText}",
                hint);
        }
    }

    /// <summary>Says why a label is none of the classes; null where it is one.</summary>
    /// <param name="label">The label.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="ignore">The label to ignore; null for none.</param>
    public static string? Problem(int label, int classes, int? ignore) =>
        (label >= 0 && label < classes) || label == ignore ? null : Range(classes, ignore);

    /// <summary>Reads the labels.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="ignore">The label to ignore; null for none.</param>
    public void Read(Blob labels, int classes, int? ignore)
    {
        if (indices.Length < labels.Count)
        {
            indices = new PinnedInts(labels.Count);
        }

        (Valid, int wrong) = LabelKernel.Read(
            labels.DataPointer, Indices, labels.Count, classes, ignore.HasValue, ignore ?? 0, context.Pool);
        if (wrong < 0)
        {
            return;
        }

        float label = labels.Data[wrong];
        throw context.Error(
            $"label {label} at position {wrong} of '{LabelsName}' is not one of {classes} classes",
            Range(classes, ignore));
    }

    private static string Range(int classes, int? ignore) =>
        $"labels are 0 to {classes - 1}{(ignore is { } value ? $", or {value} to be ignored" : "")}";
}
