using Cnn.Layers.Kernels.Distance;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// The squared Euclidean distance of each item to each prototype, <c>y[n, j] = sum_k (x[n, k] - w[j, k])^2</c>: the
/// output layer of LeNet-5 (LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition,
/// 1998, section II.B), where the least distance is the answer. Bottom [M..., K...] with the K from <c>axis</c> on, top
/// [M..., num_output], blob: the prototypes [num_output, K], given by <c>prototype</c> or filled by
/// <c>prototype_filler</c>; <c>param { lr_mult: 0 }</c> freezes them. <c>dx = 2 sum_j dy_j (x - w_j)</c>,
/// <c>dw_j += 2 sum_n dy_nj (w_j - x_n)</c>.
/// </summary>
[LayerType("EuclideanRBF")]
internal sealed unsafe class EuclideanRBFLayer(LayerContext context) : Layer(context)
{
    private readonly EuclideanRBFParameter options =
        context.Parameter.EuclideanRbfParam ?? new EuclideanRBFParameter();

    private int axis;
    private int outputs;
    private int inputs;
    private int rows;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        axis = CanonicalAxis(bottoms[0], options.Axis);
        inputs = bottoms[0].CountOf(axis);
        if (inputs == 0)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} has no values from axis {axis} on");
        }

        outputs = SizeField.Check(
            Context, options, EuclideanRBFParameter.NumOutputFieldNumber, "num_output", options.NumOutput);
        if ((long)outputs * inputs > int.MaxValue / 2)
        {
            throw Context.Error(
                options,
                EuclideanRBFParameter.NumOutputFieldNumber,
                $"num_output {outputs} is too large",
                $"a prototype has {inputs} values; these are too many");
        }

        CheckPrototypes();
        Blob prototypes = AddBlob(options.PrototypeFiller, outputs, inputs);
        if (Parameter.Blobs.Count == 0 && options.Prototype.Count > 0)
        {
            for (int i = 0; i < options.Prototype.Count; i++)
            {
                prototypes.Data[i] = options.Prototype[i];
            }

            prototypes.IsFilled = true;
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
                + $"the prototypes take {inputs} values from axis {axis} on");
        }

        rows = bottom.CountOf(0, axis);
        if ((long)rows * outputs > int.MaxValue / 2)
        {
            throw Context.Error(
                options,
                EuclideanRBFParameter.NumOutputFieldNumber,
                $"{outputs} distances for each of the {rows} items of '{Parameter.Bottom[0]}' {bottom.ShapeText} "
                + "are too many");
        }

        Span<int> shape = stackalloc int[axis + 1];
        bottom.Shape[..axis].CopyTo(shape);
        shape[axis] = outputs;
        tops[0].Reshape(shape);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => DistanceKernel.Forward(
        bottoms[0].DataPointer, Blobs[0].DataPointer, tops[0].DataPointer, rows, outputs, inputs, Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        float* x = bottoms[0].DataPointer, w = Blobs[0].DataPointer, dy = tops[0].DiffPointer;
        if (NeedsGradient(0))
        {
            DistanceKernel.BackwardOthers(x, w, dy, Blobs[0].DiffPointer, rows, outputs, inputs, Context.Pool);
        }

        if (propagateDown[0])
        {
            DistanceKernel.BackwardRows(x, w, dy, bottoms[0].DiffPointer, rows, outputs, inputs, Context.Pool);
        }
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        LayerCost.OfItems(0, (long)tops[0].Count * inputs, tops[0]);

    private void CheckPrototypes()
    {
        if (options.Prototype.Count == 0)
        {
            return;
        }

        if (options.PrototypeFiller is not null)
        {
            throw Context.Error(
                options,
                EuclideanRBFParameter.PrototypeFieldNumber,
                "prototype and prototype_filler are both given",
                "give one");
        }

        if (options.Prototype.Count != outputs * inputs)
        {
            throw Context.Error(
                options,
                EuclideanRBFParameter.PrototypeFieldNumber,
                $"prototype has {options.Prototype.Count} values, "
                + $"but the blob is {outputs} x {inputs} ({outputs * inputs})",
                $"bottom '{Parameter.Bottom[0]}' has {inputs} values per item");
        }
    }
}
