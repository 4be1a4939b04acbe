using Cnn.Layers.Kernels.Losses;
using Cnn.Proto;

namespace Cnn.Layers.Losses;

/// <summary>
/// The share of positions whose true class is among the <c>top_k</c> best scores. A prediction is right when fewer than
/// top_k other classes score as much as the true one or more, so ties count against it. Ignored labels do not count;
/// without a valid label the accuracy is 0. A second top [C] gets the accuracy of each class. Not differentiable.
/// </summary>
[LayerType("Accuracy")]
internal sealed unsafe class AccuracyLayer : Layer
{
    private readonly AccuracyParameter options;
    private readonly ClassLabels labels;
    private readonly Blob right = new();
    private int[] classCounts = [];
    private int outer;
    private int channels;
    private int inner;

    /// <summary>Makes the layer.</summary>
    public AccuracyLayer(LayerContext context)
        : base(context)
    {
        options = Parameter.AccuracyParam ?? new AccuracyParameter();
        labels = new ClassLabels(context);
    }

    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int axis = CanonicalAxis(bottoms[0], options.Axis);
        (outer, channels, inner) = (bottoms[0].CountOf(0, axis), bottoms[0].Dim(axis), bottoms[0].CountOf(axis + 1));
        if (options.TopK < 1 || options.TopK > channels)
        {
            throw Context.Error(
                options,
                AccuracyParameter.TopKFieldNumber,
                $"top_k is {options.TopK}, but "
                + $"'{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} has {channels} classes");
        }

        labels.RequireCount(
            bottoms[0],
            bottoms[1],
            (long)outer * inner,
            "one label for each position of the scores without the class axis");
        right.Reshape(outer * inner);
        tops[0].Reshape();
        if (tops.Count > 1)
        {
            tops[1].Reshape(channels);
            Array.Resize(ref classCounts, channels);
        }
    }

    /// <inheritdoc/>
    public override string? LabelProblem(int bottom, int label) =>
        bottom == 1 ? ClassLabels.Problem(label, channels, options.HasIgnoreLabel ? options.IgnoreLabel : null) : null;

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        labels.Read(bottoms[1], channels, options.HasIgnoreLabel ? options.IgnoreLabel : null);
        double sum = AccuracyKernel.Run(
            bottoms[0].DataPointer,
            labels.Indices,
            right.DataPointer,
            outer,
            channels,
            inner,
            (int)options.TopK,
            Context.Pool);
        tops[0].Data[0] = labels.Valid == 0 ? 0 : (float)(sum / labels.Valid);
        if (tops.Count > 1)
        {
            CountClasses(tops[1].Data);
        }
    }

    private void CountClasses(Span<float> perClass)
    {
        perClass.Clear();
        Array.Clear(classCounts);
        int* classes = labels.Indices;
        for (int i = 0; i < right.Count; i++)
        {
            if (classes[i] >= 0)
            {
                classCounts[classes[i]]++;
                perClass[classes[i]] += right.Data[i];
            }
        }

        for (int c = 0; c < perClass.Length; c++)
        {
            perClass[c] = classCounts[c] == 0 ? 0 : perClass[c] / classCounts[c];
        }
    }
}
