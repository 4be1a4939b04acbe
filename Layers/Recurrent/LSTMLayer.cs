using Cnn.Layers.Kernels.Recurrent;

namespace Cnn.Layers.Recurrent;

/// <summary>
/// Long short-term memory (Hochreiter and Schmidhuber, 1997, with forget gates, without peepholes): from sums in the
/// order i, f, o, g, <c>c_t = cont_t sigmoid(f) c_{t-1} + sigmoid(i) tanh(g)</c>, <c>h_t = sigmoid(o) tanh(c_t)</c>;
/// the output is h, the hidden blobs are h and c. Blobs: W_xc [4D, I], b_c [4D], with a static input W_xc_static [4D,
/// S], W_hc [4D, D]. See <see cref="RecurrentLayer"/> for bottoms and tops.
/// </summary>
[LayerType("LSTM")]
internal sealed unsafe class LSTMLayer(LayerContext context) : RecurrentLayer(context, hiddenBlobs: 2, gates: 4)
{
    private readonly Blob cells = new();
    private readonly Blob initialCell = new();

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        cells.Reshape(Steps, Streams, Size);
        initialCell.Reshape(1, Streams, Size);
    }

    private protected override void BeginForward(IReadOnlyList<Blob> bottoms) =>
        Initial(bottoms, 1).Data.CopyTo(initialCell.Data);

    private protected override void StepForward(int t, Blob markers, IReadOnlyList<Blob> tops)
    {
        LstmStep step = Step(t, markers);
        step.Sums = step.Gates;
        step.StaticSums = StaticSums;
        step.Hidden = tops[0].DataPointer + (t * StepValues);
        step.NextHidden = NextHidden(t, tops);
        LstmKernel.Forward(step, Context.Pool);
    }

    private protected override void EndForward(IReadOnlyList<Blob> tops) =>
        cells.Data[(int)((Steps - 1) * StepValues)..].CopyTo(Final(tops, 1).Data);

    private protected override void BeginBackward(IReadOnlyList<Blob> tops) => initialCell.Diff.Clear();

    private protected override void StepBackward(int t, Blob markers, IReadOnlyList<Blob> tops)
    {
        LstmStep step = Step(t, markers);
        step.HiddenDiff = tops[0].DiffPointer + (t * StepValues);
        step.NextHiddenDiff = NextHiddenDiff(t);
        step.SumsDiff = SumsDiffAt(t);

        // One buffer carries the cell's gradient back through all steps; the last step receives none from outside.
        step.CellDiff = step.PreviousCellDiff = initialCell.DiffPointer;
        LstmKernel.Backward(step, Context.Pool);
    }

    private LstmStep Step(int t, Blob markers) => new()
    {
        Streams = Streams,
        Size = Size,
        Gates = SumsAt(t),
        PreviousCell = t > 0 ? cells.DataPointer + ((t - 1) * StepValues) : initialCell.DataPointer,
        Cell = cells.DataPointer + (t * StepValues),
        Markers = markers.DataPointer + ((nint)t * Streams),
        NextMarkers = NextMarkers(t, markers),
    };
}
