using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Looks up rows: each value of the bottom is the index of a row of the weights, <c>y = W[x] + b</c>. Top: the bottom's
/// shape with a further axis of num_output. Blobs: weights [input_dim, num_output] and, with <c>bias_term</c>, bias
/// [num_output]. The bottom has no gradient.
/// </summary>
[LayerType("Embed")]
internal sealed unsafe class EmbedLayer(LayerContext context) : Layer(context)
{
    private readonly EmbedParameter options = context.Parameter.EmbedParam ?? new EmbedParameter();
    private readonly IndexList indices = new();
    private int outputs;
    private int inputs;

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => false;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        outputs = SizeField.Check(
            Context, options, EmbedParameter.NumOutputFieldNumber, "num_output", options.NumOutput);
        inputs = SizeField.Check(Context, options, EmbedParameter.InputDimFieldNumber, "input_dim", options.InputDim);
        if ((long)outputs * inputs > int.MaxValue / 2)
        {
            throw Context.Error(
                options, EmbedParameter.InputDimFieldNumber, $"the weights {inputs} x {outputs} are too many");
        }

        AddBlob(options.WeightFiller, inputs, outputs);
        if (options.BiasTerm)
        {
            AddBlob(options.BiasFiller, outputs);
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int axes = bottoms[0].AxisCount;
        if (axes == Blob.MaxAxes)
        {
            throw Context.Error($"bottom '{Parameter.Bottom[0]}' has {axes} axes already, the top would have one more");
        }

        Span<int> shape = stackalloc int[axes + 1];
        bottoms[0].Shape.CopyTo(shape);
        shape[axes] = outputs;
        ShapeTop(tops, 0, shape);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int* rows = indices.Read(Context, 0, bottoms[0], inputs);
        float* y = tops[0].DataPointer;
        GatherKernel.Gather(Blobs[0].DataPointer, rows, y, outputs, bottoms[0].Count, Context.Pool);
        if (options.BiasTerm)
        {
            BroadcastKernel.Forward(y, null, Blobs[1].DataPointer, y, bottoms[0].Count, outputs, 1, Context.Pool);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        RefuseBackward(propagateDown);
        float* dy = tops[0].DiffPointer;
        if (NeedsGradient(0))
        {
            int* rows = indices.Read(Context, 0, bottoms[0], inputs);
            GatherKernel.Add(dy, rows, Blobs[0].DiffPointer, outputs, bottoms[0].Count, Context.Pool);
        }

        if (options.BiasTerm && NeedsGradient(1))
        {
            BroadcastKernel.Gradient(
                dy, null, Blobs[1].DiffPointer, true, bottoms[0].Count, outputs, 1, Context.Pool);
        }
    }
}
