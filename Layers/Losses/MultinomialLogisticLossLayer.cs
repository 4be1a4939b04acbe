using Cnn.Layers.Kernels.Losses;

namespace Cnn.Layers.Losses;

/// <summary>
/// The logarithmic loss of probabilities that an earlier layer computed: <c>L = -sum log(max(p_label, 1e-20)) / N</c>,
/// <c>dp_label = -w / (N max(p_label, 1e-20))</c> and 0 for the other classes. Bottoms: probabilities [N, ..], every
/// value of an item a class; labels, one per item.
/// </summary>
[LayerType("MultinomialLogisticLoss")]
internal sealed unsafe class MultinomialLogisticLossLayer : LossLayer
{
    private const float SmallestProbability = 1e-20f;

    private readonly ClassLabels labels;
    private int classes;

    /// <summary>Makes the layer.</summary>
    public MultinomialLogisticLossLayer(LayerContext context)
        : base(context) => labels = new ClassLabels(context);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        labels.RequireCount(bottoms[0], bottoms[1], bottoms[0].LegacyDim(0), "one label an item");
        classes = bottoms[0].CountOf(1);
    }

    /// <inheritdoc/>
    public override string? LabelProblem(int bottom, int label) =>
        bottom == 1 ? ClassLabels.Problem(label, classes, null) : null;

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        labels.Read(bottoms[1], classes, null);
        double sum = LogLossKernel.Sum(
            bottoms[0].DataPointer, labels.Indices, bottoms[1].Count, classes, 1, SmallestProbability, Context.Pool);
        tops[0].Data[0] = (float)(sum / Items(bottoms[0]));
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        RefuseGradient(propagateDown);
        if (propagateDown[0])
        {
            LogLossKernel.Gradient(
                bottoms[0].DataPointer,
                labels.Indices,
                bottoms[0].DiffPointer,
                bottoms[1].Count,
                classes,
                SmallestProbability,
                tops[0].Diff[0] / Items(bottoms[0]),
                Context.Pool);
        }
    }
}
