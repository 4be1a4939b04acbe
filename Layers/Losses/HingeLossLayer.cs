using Cnn.Layers.Kernels.Losses;
using Cnn.Proto;

namespace Cnn.Layers.Losses;

/// <summary>
/// One class against all others: <c>m_k = max(0, 1 - t_k x_k)</c> with t = 1 at the label and -1 elsewhere. L1:
/// <c>L = sum m / N</c>, <c>dx_k = -t_k sign(m_k) w / N</c>. L2: <c>L = sum m^2 / N</c>,
/// <c>dx_k = -2 t_k m_k w / N</c>. Bottoms: scores [N, ..], every value of an item a class; labels, one per item.
/// </summary>
[LayerType("HingeLoss")]
internal sealed unsafe class HingeLossLayer : LossLayer
{
    private readonly ClassLabels labels;
    private readonly bool squared;
    private int classes;

    /// <summary>Makes the layer.</summary>
    public HingeLossLayer(LayerContext context)
        : base(context)
    {
        labels = new ClassLabels(context);
        squared = Parameter.HingeLossParam?.Norm == HingeLossParameter.Types.Norm.L2;
    }

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
        double sum = HingeKernel.Sum(
            bottoms[0].DataPointer, labels.Indices, bottoms[1].Count, classes, squared, Context.Pool);
        tops[0].Data[0] = (float)(sum / Items(bottoms[0]));
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        RefuseGradient(propagateDown);
        if (propagateDown[0])
        {
            HingeKernel.Gradient(
                bottoms[0].DataPointer,
                labels.Indices,
                bottoms[0].DiffPointer,
                bottoms[1].Count,
                classes,
                squared,
                tops[0].Diff[0] / Items(bottoms[0]),
                Context.Pool);
        }
    }
}
