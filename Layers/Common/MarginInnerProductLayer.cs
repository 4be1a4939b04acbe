using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Kernels.Margin;
using Cnn.Layers.Kernels.Normalization;
using Cnn.Layers.Losses;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Scores <c>y_j = x w_j</c> of directions w, with a margin for the label: <c>y_l = (lambda x w_l + |x| psi(t)) / (1 +
/// lambda)</c>, where t is the angle between x and w_l and psi that of <see cref="AngularMargin"/>. At forward pass i,
/// counted from <c>iteration</c>, <c>lambda = max(base (1 + gamma i)^-power, lambda_min)</c>. Bottoms: x [M.., K..],
/// all values from <c>axis</c> on, and labels [M]. Tops: [M.., num_output] and, if named, lambda [1]. Blob: weights
/// [num_output, K], whose rows every forward pass scales to length 1. From Liu et al., "SphereFace: Deep hypersphere
/// embedding for face recognition", CVPR 2017.
/// </summary>
/// <remarks>
/// A row of weights whose length differs from 1 by rounding alone stays as it is, so that another pass between two
/// updates changes no bit; one shorter than 1e-15 counts as one of zeros.
/// <para>
/// Two gradients are the fork's rules, not derivatives: that of the weights is that of the plain scores, and in that of
/// x, the part of <c>|x| psi</c> has its coefficients of w and x scaled to length 1 as a pair.
/// </para>
/// </remarks>
[LayerType("MarginInnerProduct")]
internal sealed unsafe class MarginInnerProductLayer : Layer
{
    // What the roundings of a length and of the division by it can add up to, and some more.
    private const float Rounding = 1f / (1 << 21);

    // The squares in a shorter length are too near to the smallest numbers to be exact.
    private const float Shortest = 1e-15f;

    private readonly MarginInnerProductParameter options;
    private readonly ClassLabels labels;
    private readonly Blob weightLengths = new();

    // The lengths of the rows of x in the data, the factor of x in its gradient in the diff.
    private readonly Blob lengths = new();
    private readonly Blob cosines = new();
    private readonly Blob slopes = new();
    private int axis;
    private int classes;
    private int inputs;
    private float lambda;

    /// <summary>Makes the layer.</summary>
    public MarginInnerProductLayer(LayerContext context)
        : base(context)
    {
        options = Parameter.MarginInnerProductParam ?? new MarginInnerProductParameter();
        labels = new ClassLabels(context);
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <summary>
    /// True in TEST: a pass scales weights that the training shares, and not every process may run one.
    /// </summary>
    public override bool DependsOnEarlierPasses => Phase == Phase.Test;

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override string? GradientRule => options.Type != MarginInnerProductParameter.Types.MarginType.Single
        ? "the margin's coefficients are scaled as a pair, as in SphereFace"
        : null;

    /// <inheritdoc/>
    public override string? ParameterGradientRule => "the weights' is that of plain scores, as in SphereFace";

    private AngularMargin Margin => new((int)options.Type + 1);

    private int Rows => lengths.Count;

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom != 1;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        classes = SizeField.Check(
            Context, options, MarginInnerProductParameter.NumOutputFieldNumber, "num_output", options.NumOutput);
        axis = CanonicalAxis(bottoms[0], options.Axis);
        inputs = bottoms[0].CountOf(axis);
        if (inputs == 0 || (long)classes * inputs > BlobSize.Most)
        {
            throw Context.Error(
                options,
                MarginInnerProductParameter.NumOutputFieldNumber,
                $"the weights {classes} x {inputs} are too many or none",
                $"bottom '{Parameter.Bottom[0]}' has {inputs} values from axis {axis} on");
        }

        AddBlob(options.WeightFiller, classes, inputs);
        weightLengths.Reshape(classes);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms[0].AxisCount <= axis || bottoms[0].CountOf(axis) != inputs)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has become {bottoms[0].ShapeText}; "
                + $"the weights take {inputs} values from axis {axis} on");
        }

        int rows = bottoms[0].CountOf(0, axis);
        labels.RequireCount(bottoms[0], bottoms[1], rows, "one label for each row");
        Span<int> shape = stackalloc int[axis + 1];
        bottoms[0].Shape[..axis].CopyTo(shape);
        shape[axis] = classes;
        ShapeTop(tops, 0, shape);
        if (tops.Count > 1)
        {
            tops[1].Reshape(1);
        }

        lengths.Reshape(rows);
        cosines.Reshape(rows);
        slopes.Reshape(rows, classes);
    }

    /// <inheritdoc/>
    public override string? LabelProblem(int bottom, int label) =>
        bottom == 1 ? ClassLabels.Problem(label, classes, null) : null;

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        labels.Read(bottoms[1], classes, null);
        double pass = options.Iteration + Context.Clock.Pass + 1;
        lambda = MathF.Max(
            (float)(options.Base * Math.Pow(1 + (options.Gamma * pass), -options.Power)), options.LambdaMin);
        float* x = bottoms[0].DataPointer, y = tops[0].DataPointer, weights = Blobs[0].DataPointer;
        Measure(weights, weightLengths);
        PassOverScaled(weightLengths.Data);
        LengthKernel.Divide(weights, null, weightLengths.DataPointer, weights, classes, 1, inputs, false, Context.Pool);
        Measure(x, lengths);
        GemmKernel.Run(
            Context.Pool, false, true, Rows, classes, inputs, x, inputs, weights, inputs, y, classes);
        for (int i = 0; i < Rows && options.Type != MarginInnerProductParameter.Types.MarginType.Single; i++)
        {
            float* score = y + ((long)i * classes) + labels.Indices[i];
            float length = lengths.Data[i], cos = *score / length;
            cosines.Data[i] = cos;
            *score = ((lambda * *score) + (length * Margin.Value(cos))) / (1 + lambda);
        }

        if (tops.Count > 1)
        {
            tops[1].Data[0] = lambda;
        }
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        long multiplyAdds = (long)tops[0].Count * inputs;
        return LayerCost.OfItems(multiplyAdds, multiplyAdds, tops[0]);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[1])
        {
            throw Context.Error(
                $"a {Type} layer has no gradient for its bottom 1 ('{Parameter.Bottom[1]}')",
                "labels cannot be computed by layers that learn; say propagate_down: false for that bottom");
        }

        float* x = bottoms[0].DataPointer, dy = tops[0].DiffPointer;
        if (NeedsGradient(0))
        {
            GemmKernel.Run(
                Context.Pool, true, false, classes, inputs, Rows, dy, classes, x, inputs, Blobs[0].DiffPointer, inputs,
                GemmAddend.Existing);
        }

        if (propagateDown[0])
        {
            float* dx = bottoms[0].DiffPointer;
            ReadSlopes(tops[0].Diff);
            GemmKernel.Run(
                Context.Pool, false, false, Rows, inputs, classes, slopes.DataPointer, classes, Blobs[0].DataPointer,
                inputs, dx, inputs);
            AxpyKernel.Forward(lengths.DiffPointer, x, dx, dx, Rows, inputs, Context.Pool);
        }
    }

    // What w and x are multiplied by in the gradient of x.
    private void ReadSlopes(ReadOnlySpan<float> dy)
    {
        dy.CopyTo(slopes.Data);
        lengths.Diff.Clear();
        for (int i = 0; i < Rows && options.Type != MarginInnerProductParameter.Types.MarginType.Single; i++)
        {
            ref float slope = ref slopes.Data[(i * classes) + labels.Indices[i]];
            var (weight, input) = Margin.Gradient(cosines.Data[i]);
            input /= lengths.Data[i];
            float norm = MathF.Sqrt((weight * weight) + (input * input));
            lengths.Diff[i] = slope * input / norm / (1 + lambda);
            slope *= ((weight / norm) + lambda) / (1 + lambda);
        }
    }

    private static void PassOverScaled(Span<float> weightLengths)
    {
        foreach (ref float length in weightLengths)
        {
            length = MathF.Abs(length - 1) <= Rounding || length < Shortest ? 1 : length;
        }
    }

    // A row of zeros counts as one of length 1.
    private void Measure(float* rows, Blob result)
    {
        LengthKernel.OfImages(rows, result.DataPointer, result.Count, 1, inputs, 0, Context.Pool);
        foreach (ref float length in result.Data)
        {
            length = length == 0 ? 1 : length;
        }
    }
}
