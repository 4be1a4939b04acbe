using Cnn.Layers.Kernels.Losses;
using Cnn.Layers.Kernels.Softmax;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers.Losses;

/// <summary>
/// Connectionist temporal classification (Graves et al., ICML 2006): how improbable it is that sequences of labels are
/// read off scores, summed over the N items and divided by N. Bottoms: scores [T, N, C] before the softmax, where C is
/// <c>alphabet_size</c> and the first <c>time_step</c> steps are read; labels [N, L], where those that equal
/// <c>blank_label</c> are left out. See <see cref="CtcKernel"/> for the formula and the gradient. From the fork of
/// Caffe that comes with CRNN (Shi, Bai and Yao 2015).
/// </summary>
/// <remarks>
/// An item whose labels need more than <c>time_step</c> steps adds nothing, as in the fork; its gradient, and that of
/// the steps that are not read, is 0, where the fork leaves whatever was there.
/// </remarks>
[LayerType("CtcLoss")]
internal sealed unsafe class CtcLossLayer(LayerContext context) : LossLayer(context)
{
    private readonly CtcLossParameter options = context.Parameter.CtcLossParam ?? new CtcLossParameter();
    private readonly Blob probabilities = new();
    private PinnedInts labels = new(0);
    private PinnedInts lengths = new(0);
    private int symbols;
    private int steps;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        symbols = SizeField.Check(
            Context, options, CtcLossParameter.AlphabetSizeFieldNumber, "alphabet_size", options.AlphabetSize);
        steps = SizeField.Check(Context, options, CtcLossParameter.TimeStepFieldNumber, "time_step", options.TimeStep);
        if (options.BlankLabel < 0 || options.BlankLabel >= symbols)
        {
            throw Context.Error(
                options,
                CtcLossParameter.BlankLabelFieldNumber,
                $"blank_label is {options.BlankLabel}",
                $"it is one of the symbols 0 to {symbols - 1}");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob scores = bottoms[0];
        if (scores.AxisCount < 3 || scores.CountOf(2) != symbols || scores.Dim(0) < steps)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {scores.ShapeText}",
                $"scores are [T, N, C], here with {steps} steps or more and {symbols} symbols");
        }

        int items = scores.Dim(1);
        if (bottoms[1].AxisCount == 0 || bottoms[1].Dim(0) != items)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[1]}' has shape {bottoms[1].ShapeText}",
                $"labels are [N, L], here for {items} sequences");
        }

        tops[0].Reshape();
        probabilities.Reshape(steps, items, symbols);
        if (labels.Length < bottoms[1].Count)
        {
            labels = new PinnedInts(bottoms[1].Count);
        }

        if (lengths.Length < items)
        {
            lengths = new PinnedInts(items);
        }
    }

    /// <inheritdoc/>
    public override string? LabelProblem(int bottom, int label) =>
        bottom == 1 ? ClassLabels.Problem(label, symbols, null) : null;

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ReadLabels(bottoms[1]);
        SoftmaxKernel.Forward(
            bottoms[0].DataPointer, probabilities.DataPointer, steps * bottoms[0].Dim(1), symbols, 1, Context.Pool);
        double sum = CtcKernel.Sum(Batch(bottoms), Context.Pool);
        tops[0].Data[0] = (float)(sum / Math.Max(1, bottoms[0].Dim(1)));
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        RefuseGradient(propagateDown);
        if (propagateDown[0])
        {
            float scale = tops[0].Diff[0] / Math.Max(1, bottoms[0].Dim(1));
            CtcKernel.Gradient(Batch(bottoms), bottoms[0].DiffPointer, scale, Context.Pool);
            bottoms[0].Diff[probabilities.Count..].Clear();
        }
    }

    private CtcBatch Batch(IReadOnlyList<Blob> bottoms) => new()
    {
        Scores = bottoms[0].DataPointer,
        Probabilities = probabilities.DataPointer,
        Steps = steps,
        Items = bottoms[0].Dim(1),
        Symbols = symbols,
        Blank = options.BlankLabel,
        Labels = labels.Pointer,
        Lengths = lengths.Pointer,
        MostLabels = bottoms[1].CountOf(1),
    };

    private void ReadLabels(Blob blob)
    {
        ReadOnlySpan<float> values = blob.Data;
        int most = blob.CountOf(1);
        for (int item = 0; item < blob.Dim(0); item++)
        {
            int length = 0;
            for (int i = 0; i < most; i++)
            {
                float label = values[(item * most) + i];
                if (!(label > -1 && label < symbols))
                {
                    throw Context.Error(
                        $"label {label} at position {(item * most) + i} of '{Parameter.Bottom[1]}' is not one of "
                        + $"{symbols} symbols",
                        $"labels are 0 to {symbols - 1}; {options.BlankLabel} is for none");
                }

                if ((int)label != options.BlankLabel)
                {
                    labels.Pointer[(item * most) + length++] = (int)label;
                }
            }

            lengths.Pointer[item] = length;
        }
    }
}
