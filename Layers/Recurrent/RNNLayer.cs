using Cnn.Layers.Activations;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Kernels.Recurrent;

namespace Cnn.Layers.Recurrent;

/// <summary>
/// The simple recurrent net (Elman, 1990) as Caffe has it: <c>h_t = tanh(sums)</c>, <c>o_t = tanh(W_ho h_t + b_o)</c>;
/// the output is o, the hidden blob is h. Blobs: W_xh [D, I], b_h [D], with a static input W_xh_static [D, S], W_hh [D,
/// D], W_ho [D, D], b_o [D]. See <see cref="RecurrentLayer"/> for bottoms and tops.
/// </summary>
[LayerType("RNN")]
internal sealed unsafe class RNNLayer(LayerContext context) : RecurrentLayer(context, hiddenBlobs: 1, gates: 1)
{
    // A copy of the top, which a layer in place may change before the backward pass; the diff is that before tanh.
    private readonly Blob output = new();
    private readonly Blob hiddenDiff = new();

    private Blob OutputWeights => Blobs[RecurrentWeights + 1];

    private Blob OutputBias => Blobs[RecurrentWeights + 2];

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.SetUp(bottoms, tops);
        AddBlob(Options.WeightFiller, Size, Size);
        AddBlob(Options.BiasFiller, Size);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        output.Reshape(Steps, Streams, Size);
        hiddenDiff.Reshape(Steps, Streams, Size);
    }

    private protected override long StepMultiplyAdds => (long)Size * Size;

    private protected override long BiasesPerStep => 2L * Size;

    private protected override void StepForward(int t, Blob markers, IReadOnlyList<Blob> tops)
    {
        TanhStep step = Step(t, markers);
        step.StaticSums = StaticSums;
        step.NextHidden = NextHidden(t, tops);
        TanhKernel.Forward(step, Context.Pool);
    }

    private protected override void EndForward(IReadOnlyList<Blob> tops)
    {
        float* o = output.DataPointer;
        GemmKernel.Run(
            Context.Pool, false, true, Steps * Streams, Size, Size, SumsAt(0), Size, OutputWeights.DataPointer, Size, o,
            Size, GemmAddend.ColumnBias, OutputBias.DataPointer);
        UnaryKernel.Forward(default(TanHLayer.Tangent), o, o, output.Count, Context.Pool);
        output.Data.CopyTo(tops[0].Data);
    }

    private protected override void BeginBackward(IReadOnlyList<Blob> tops)
    {
        float* o = output.DataPointer, diff = output.DiffPointer;
        int rows = Steps * Streams;
        UnaryKernel.Backward(
            default(TanHLayer.Tangent), o, o, tops[0].DiffPointer, diff, output.Count, Context.Pool);
        SumRows.Run(Context.Pool, rows, Size, diff, OutputBias.DiffPointer);
        AddProduct(rows, Size, diff, Size, SumsAt(0), OutputWeights);
        GemmKernel.Run(
            Context.Pool, false, false, rows, Size, Size, diff, Size, OutputWeights.DataPointer, Size,
            hiddenDiff.DataPointer, Size);
    }

    private protected override void StepBackward(int t, Blob markers, IReadOnlyList<Blob> tops)
    {
        TanhStep step = Step(t, markers);
        step.HiddenDiff = hiddenDiff.DataPointer + (t * StepValues);
        step.NextHiddenDiff = NextHiddenDiff(t);
        step.SumsDiff = SumsDiffAt(t);
        TanhKernel.Backward(step, Context.Pool);
    }

    private TanhStep Step(int t, Blob markers) => new()
    {
        Streams = Streams, Size = Size, Hidden = SumsAt(t), NextMarkers = NextMarkers(t, markers),
    };
}
