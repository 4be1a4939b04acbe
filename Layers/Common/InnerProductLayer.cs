using Cnn.Layers.Activations;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// y = x W' + b over all values from <c>axis</c> on: bottom [M..., K...] to top [M..., num_output]. Blobs: weights
/// [num_output, K], or [K, num_output] with <c>transpose</c>, and, with <c>bias_term</c>, bias [num_output].
/// <c>relu</c>, with <c>negative_slope</c>, rectifies y (Intel's Caffe).
/// </summary>
[LayerType("InnerProduct")]
internal sealed unsafe class InnerProductLayer : Layer
{
    private int axis;
    private int outputs;
    private int inputs;
    private int rows;
    private bool transposed;
    private AlignedBuffer? rectified;

    /// <summary>Makes the layer.</summary>
    public InnerProductLayer(LayerContext context)
        : base(context)
    {
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    private InnerProductParameter Options => Parameter.InnerProductParam ??= new InnerProductParameter();

    /// <inheritdoc/>
    public override bool NeedsTopValues => Options.Relu;

    private bool HasBias => Blobs.Count > 1;

    private ReLULayer.Rectifier Rectifier => new(Options.NegativeSlope);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        outputs = SizeField.Check(
            Context, Options, InnerProductParameter.NumOutputFieldNumber, "num_output", Options.NumOutput);
        CheckOptionsOfForks();
        transposed = Options.Transpose;
        axis = CanonicalAxis(bottoms[0], Options.Axis);
        inputs = bottoms[0].CountOf(axis);
        if (inputs == 0)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} has no values from axis {axis} on");
        }

        if ((long)outputs * inputs > BlobSize.Most)
        {
            throw Context.Error(
                Options,
                InnerProductParameter.NumOutputFieldNumber,
                $"the weights {outputs} x {inputs} are too many: {BlobSize.Excess((long)outputs * inputs)}",
                $"bottom '{Parameter.Bottom[0]}' has {inputs} values from axis {axis} on");
        }

        AddBlob(Options.WeightFiller, transposed ? [inputs, outputs] : [outputs, inputs]);
        if (Options.BiasTerm)
        {
            AddBlob(Options.BiasFiller, outputs);
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        if (bottom.AxisCount <= axis || bottom.CountOf(axis) != inputs)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has become {bottom.ShapeText}; "
                + $"the weights take {inputs} values from axis {axis} on");
        }

        rows = bottom.CountOf(0, axis);
        Span<int> shape = stackalloc int[axis + 1];
        bottom.Shape[..axis].CopyTo(shape);
        shape[axis] = outputs;
        tops[0].Reshape(shape);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        GemmKernel.Run(
            Context.Pool,
            false,
            !transposed,
            rows,
            outputs,
            inputs,
            bottoms[0].DataPointer,
            inputs,
            Blobs[0].DataPointer,
            transposed ? outputs : inputs,
            tops[0].DataPointer,
            outputs,
            HasBias ? GemmAddend.ColumnBias : GemmAddend.Nothing,
            HasBias ? Blobs[1].DataPointer : null);
        if (Options.Relu)
        {
            float* y = tops[0].DataPointer;
            UnaryKernel.Forward(Rectifier, y, y, tops[0].Count, Context.Pool);
        }
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        long multiplyAdds = (long)tops[0].Count * inputs;
        return LayerCost.OfItems(multiplyAdds, multiplyAdds + (HasBias ? tops[0].Count : 0), tops[0]);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        float* x = bottoms[0].DataPointer, dy = Options.Relu ? Rectified(tops[0]) : tops[0].DiffPointer;
        if (HasBias && NeedsGradient(1))
        {
            SumRows.Run(Context.Pool, rows, outputs, dy, Blobs[1].DiffPointer);
        }

        if (NeedsGradient(0))
        {
            // dW += dy' x, or x' dy where the weights are stored transposed.
            var (m, n) = transposed ? (inputs, outputs) : (outputs, inputs);
            float* left = transposed ? x : dy, right = transposed ? dy : x, sum = Blobs[0].SumOfDiff(out bool isZero);
            GemmAddend addTo = isZero ? GemmAddend.Nothing : GemmAddend.Existing;
            GemmKernel.Run(Context.Pool, true, false, m, n, rows, left, m, right, n, sum, n, addTo);
        }

        if (propagateDown[0])
        {
            GemmKernel.Run(
                Context.Pool,
                false,
                transposed,
                rows,
                inputs,
                outputs,
                dy,
                outputs,
                Blobs[0].DataPointer,
                transposed ? outputs : inputs,
                bottoms[0].DiffPointer,
                inputs);
        }
    }

    // Returns the gradient before the rectifier: the top tells where it was above 0.
    private float* Rectified(Blob top)
    {
        if (rectified is null || rectified.Length < top.Count)
        {
            rectified = new AlignedBuffer(top.Count);
        }

        float* y = top.DataPointer;
        UnaryKernel.Backward(Rectifier, y, y, top.DiffPointer, rectified.Pointer, top.Count, Context.Pool);
        return rectified.Pointer;
    }

    private void CheckOptionsOfForks()
    {
        if (Options.Normalize)
        {
            throw Context.Error(
                Options,
                InnerProductParameter.NormalizeFieldNumber,
                "an InnerProduct layer does not normalise its weights",
                "normalize is of one fork of Caffe; store weights of length 1 and leave it out");
        }

        if (Options.Relu && !(Options.NegativeSlope >= 0))
        {
            throw Context.Error(
                Options,
                InnerProductParameter.NegativeSlopeFieldNumber,
                $"negative_slope is {Options.NegativeSlope}, expected 0 or more",
                "use a ReLU layer of its own, which takes any slope");
        }
    }
}
