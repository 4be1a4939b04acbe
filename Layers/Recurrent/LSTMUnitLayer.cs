using Cnn.Layers.Kernels.Recurrent;

namespace Cnn.Layers.Recurrent;

/// <summary>
/// One step of an LSTM without its weights: from c_{t-1} [1, N, D], the gates' sums [1, N, 4D] in the order i, f, o, g
/// and the markers [1, N], <c>c_t = cont sigmoid(f) c_{t-1} + sigmoid(i) tanh(g)</c> and
/// <c>h_t = sigmoid(o) tanh(c_t)</c>, both [1, N, D]. As in Caffe the derivative of f is right for markers of 0 and 1,
/// and the gradients of the first two bottoms are computed together. See <see cref="LSTMLayer"/> for the sources.
/// </summary>
[LayerType("LSTMUnit")]
internal sealed unsafe class LSTMUnitLayer(LayerContext context) : Layer(context)
{
    private readonly Blob gates = new();
    private readonly Blob cell = new();

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(3);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom != 2;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob previous = bottoms[0];
        if (previous.AxisCount != 3 || previous.Dim(0) != 1)
        {
            throw Misfit(bottoms, 0, "the cell is [1, N, D]");
        }

        int streams = previous.Dim(1), size = previous.Dim(2);
        Blob sums = bottoms[1], markers = bottoms[2];
        if (sums.AxisCount != 3 || sums.Dim(0) != 1 || sums.Dim(1) != streams || sums.Dim(2) != 4L * size)
        {
            throw Misfit(bottoms, 1, $"the gates' sums are [1, N, 4D], for this cell 1 {streams} {4L * size}");
        }

        if (markers.AxisCount != 2 || markers.Dim(0) != 1 || markers.Dim(1) != streams)
        {
            throw Misfit(bottoms, 2, $"the sequence markers are [1, N], for this cell 1 {streams}");
        }

        tops[0].ReshapeLike(previous);
        tops[1].ReshapeLike(previous);
        cell.ReshapeLike(previous);
        gates.ReshapeLike(sums);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        LstmStep step = Step(bottoms);
        step.Sums = bottoms[1].DataPointer;
        step.Hidden = tops[1].DataPointer;
        LstmKernel.Forward(step, Context.Pool);
        cell.Data.CopyTo(tops[0].Data);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[2])
        {
            throw Context.Error(
                $"a {Type} layer has no gradient for its sequence markers '{Parameter.Bottom[2]}'",
                "take them from an input or a data layer");
        }

        if (propagateDown[0] || propagateDown[1])
        {
            LstmStep step = Step(bottoms);
            step.HiddenDiff = tops[1].DiffPointer;
            step.CellDiff = tops[0].DiffPointer;
            step.PreviousCellDiff = bottoms[0].DiffPointer;
            step.SumsDiff = bottoms[1].DiffPointer;
            LstmKernel.Backward(step, Context.Pool);
        }
    }

    private LstmStep Step(IReadOnlyList<Blob> bottoms) => new()
    {
        Streams = bottoms[0].Dim(1),
        Size = bottoms[0].Dim(2),
        Gates = gates.DataPointer,
        PreviousCell = bottoms[0].DataPointer,
        Cell = cell.DataPointer,
        Markers = bottoms[2].DataPointer,
    };

    private Proto.CnnException Misfit(IReadOnlyList<Blob> bottoms, int bottom, string hint) => Context.Error(
        $"bottom {bottom} '{Parameter.Bottom[bottom]}' has shape {bottoms[bottom].ShapeText}", hint);
}
