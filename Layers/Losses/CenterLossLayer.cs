using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Losses;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers.Losses;

/// <summary>
/// Pulls features to the centres of their classes: <c>L = sum ||x - c_y||^2 / (2 N)</c>, <c>dx = w (x - c_y) / N</c>.
/// Bottoms: features [N, ..], all values from <c>axis</c> on, and labels [N]. Blob: centres [num_output, K], which move
/// by their class's items: <c>dc_j += sum (c_j - x) / (1 + n_j)</c> over its n_j items. From Wen et al., "A
/// discriminative feature learning approach for deep face recognition", ECCV 2016, equations 2 to 4.
/// </summary>
/// <remarks>
/// The centres' gradient is that rule, not the derivative, and does not depend on the loss weight. With
/// <c>distance_type: "L1"</c> (happynear) <c>L = sum |x - c_y| / N</c>, and signs take the place of the differences.
/// </remarks>
[LayerType("CenterLoss")]
internal sealed unsafe class CenterLossLayer : LossLayer
{
    private readonly CenterLossParameter options;
    private readonly ClassLabels labels;

    // The centres of the items' classes; the diff is what moves them.
    private readonly Blob centers = new();
    private readonly Blob factors = new();
    private PinnedInts counts = new(0);
    private int classes;
    private int values;

    /// <summary>Makes the layer.</summary>
    public CenterLossLayer(LayerContext context)
        : base(context)
    {
        options = Parameter.CenterLossParam ?? new CenterLossParameter();
        labels = new ClassLabels(context);
    }

    /// <inheritdoc/>
    public override string? ParameterGradientRule => "the centres' is a running mean's step, as in the paper";

    private bool IsL1 => options.DistanceType == "L1";

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        classes = SizeField.Check(
            Context, options, CenterLossParameter.NumOutputFieldNumber, "num_output", options.NumOutput);
        if (options.DistanceType is not ("L1" or "L2"))
        {
            throw Context.Error(
                options,
                CenterLossParameter.DistanceTypeFieldNumber,
                $"distance_type is \"{options.DistanceType}\"",
                "it is \"L2\" or \"L1\"");
        }

        values = bottoms[0].CountOf(CanonicalAxis(bottoms[0], options.Axis));
        if ((long)classes * values > BlobSize.Most)
        {
            throw Context.Error(
                options,
                CenterLossParameter.NumOutputFieldNumber,
                $"the centres {classes} x {values} are too many: {BlobSize.Excess((long)classes * values)}");
        }

        AddBlob(options.CenterFiller, classes, values);
        counts = new PinnedInts(classes);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        int items = bottoms[0].LegacyDim(0);
        if ((long)items * values != bottoms[0].Count)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottoms[0].ShapeText}",
                $"it takes {values} values of each item");
        }

        labels.RequireCount(bottoms[0], bottoms[1], items, "one label for each item");
        centers.Reshape(items, values);
        factors.Reshape(items);
    }

    /// <inheritdoc/>
    public override string? LabelProblem(int bottom, int label) =>
        bottom == 1 ? ClassLabels.Problem(label, classes, null) : null;

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        labels.Read(bottoms[1], classes, null);
        float* x = bottoms[0].DataPointer, c = centers.DataPointer;
        GatherKernel.Gather(Blobs[0].DataPointer, labels.Indices, c, values, factors.Count, Context.Pool);
        double sum = IsL1
            ? AbsoluteKernel.Sum(x, c, centers.Count, Context.Pool)
            : DifferenceKernel.SumOfSquares(x, c, centers.Count, Context.Pool) / 2;
        tops[0].Data[0] = (float)(sum / Items(bottoms[0]));
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        RefuseGradient(propagateDown);
        float* x = bottoms[0].DataPointer;
        if (NeedsGradient(0))
        {
            CountClasses();
            float* moves = centers.DiffPointer;
            Scale(x, factors.DataPointer, -1, moves);
            GatherKernel.Add(moves, labels.Indices, Blobs[0].DiffPointer, values, factors.Count, Context.Pool);
        }

        if (propagateDown[0])
        {
            factors.Data.Fill(tops[0].Diff[0] / Items(bottoms[0]));
            Scale(x, factors.DataPointer, 1, bottoms[0].DiffPointer);
        }
    }

    private void Scale(float* x, float* scales, float sign, float* dx)
    {
        float* c = centers.DataPointer;
        if (IsL1)
        {
            AbsoluteKernel.Gradient(x, c, scales, sign, 0, dx, factors.Count, values, Context.Pool);
        }
        else
        {
            DifferenceKernel.Scale(x, c, scales, sign, dx, factors.Count, values, Context.Pool);
        }
    }

    private void CountClasses()
    {
        int* classOf = labels.Indices;
        new Span<int>(counts.Pointer, classes).Clear();
        for (int i = 0; i < factors.Count; i++)
        {
            counts.Pointer[classOf[i]]++;
        }

        for (int i = 0; i < factors.Count; i++)
        {
            factors.Data[i] = 1f / (1 + counts.Pointer[classOf[i]]);
        }
    }
}
