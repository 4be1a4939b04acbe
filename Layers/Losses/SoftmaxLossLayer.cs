using Cnn.Layers.Kernels.Softmax;
using Mode = Cnn.Proto.LossParameter.Types.NormalizationMode;

namespace Cnn.Layers.Losses;

/// <summary>
/// A loss of class probabilities that takes scores and does the softmax itself. Bottoms: scores [.., C, ..], labels
/// with one value per position of the other axes. Tops: the loss and, if named, the probabilities. Positions whose
/// label is <c>ignore_label</c> add nothing and get no gradient.
/// </summary>
internal abstract unsafe class SoftmaxLossLayer : LossLayer
{
    private readonly Blob probabilities = new();
    private readonly ClassLabels labels;
    private float normalizer = 1;

    /// <summary>Makes the layer.</summary>
    protected SoftmaxLossLayer(LayerContext context)
        : base(context) => labels = new ClassLabels(context);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override bool NeedsTopValues => Parameter.Top.Count > 1;

    /// <summary>The axis of the classes as the definition gives it.</summary>
    protected abstract int ClassAxis { get; }

    /// <summary>Product of the axes before the classes'.</summary>
    protected int Outer { get; private set; }

    /// <summary>The classes.</summary>
    protected int Channels { get; private set; }

    /// <summary>Product of the axes after the classes'.</summary>
    protected int Inner { get; private set; }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        int axis = CanonicalAxis(bottoms[0], ClassAxis, "softmax axis");
        (Outer, Channels, Inner) = (bottoms[0].CountOf(0, axis), bottoms[0].Dim(axis), bottoms[0].CountOf(axis + 1));
        labels.RequireCount(
            bottoms[0],
            bottoms[1],
            (long)Outer * Inner,
            "one label for each position of the scores without the class axis");
        probabilities.ReshapeLike(bottoms[0]);
        if (tops.Count > 1)
        {
            tops[1].ReshapeLike(bottoms[0]);
            tops[1].ShareData(probabilities);
        }
    }

    /// <inheritdoc/>
    public override string? LabelProblem(int bottom, int label) =>
        bottom == 1 ? ClassLabels.Problem(label, Channels, IgnoreLabel) : null;

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        labels.Read(bottoms[1], Channels, IgnoreLabel);
        float* p = probabilities.DataPointer;
        SoftmaxKernel.Forward(bottoms[0].DataPointer, p, Outer, Channels, Inner, Context.Pool);
        normalizer = Normalizer(Normalization(Mode.Valid), Outer, Inner, labels.Valid);
        tops[0].Data[0] = (float)(Sum(bottoms, p, labels.Indices) / normalizer);
        Each(p, labels.Indices, tops);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        RefuseGradient(propagateDown);
        RefuseGradient(propagateDown, 2);
        if (propagateDown[0])
        {
            float scale = tops[0].Diff[0] / normalizer;
            Gradient(bottoms, probabilities.DataPointer, labels.Indices, bottoms[0].DiffPointer, scale);
        }
    }

    /// <summary>Computes the loss before it is divided.</summary>
    private protected abstract double Sum(IReadOnlyList<Blob> bottoms, float* p, int* classes);

    /// <summary>Computes the losses of the positions where a top asks for them.</summary>
    private protected virtual void Each(float* p, int* classes, IReadOnlyList<Blob> tops)
    {
    }

    /// <summary>Computes the gradient of the scores, times a scale.</summary>
    private protected abstract void Gradient(
        IReadOnlyList<Blob> bottoms, float* p, int* classes, float* dx, float scale);
}
