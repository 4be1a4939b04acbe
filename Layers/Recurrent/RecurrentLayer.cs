using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Kernels.Recurrent;
using Cnn.Proto;

namespace Cnn.Layers.Recurrent;

/// <summary>
/// The base of recurrent layers. At each of T steps they compute <c>sums = W_x x_t + b + W_static x_static + W_h
/// (cont_t h_{t-1})</c>, from which a layer computes h_t. Bottoms: x [T, N, ...], cont [T, N] (0 where a sequence
/// starts, 1 where it goes on), then, if given, a static input [N, ...], then with <c>expose_hidden</c> the initial
/// hidden blobs [1, N, D]. Tops: the output [T, N, D], then with <c>expose_hidden</c> the final hidden blobs. Without
/// it the hidden state is kept from one forward pass to the next (<see cref="Layer.State"/>), zero at first; a stream
/// that a changed N adds starts at zero.
/// </summary>
/// <remarks>
/// As in Caffe, no gradient reaches an initial hidden state or leaves a final one, so none crosses batches, and the
/// gradients of x, the static input and the weights are computed whether or not the net asks for them.
/// </remarks>
internal abstract unsafe class RecurrentLayer : Layer
{
    private readonly Blob[] state;
    private readonly Blob sums = new();
    private readonly Blob staticSums = new();
    private readonly Blob hidden = new();
    private RecurrentShape shape = null!;
    private AlignedBuffer? packed;

    /// <summary>Makes the layer.</summary>
    /// <param name="context">The definition and services.</param>
    /// <param name="hiddenBlobs">How many blobs of [1, N, D] go from step to step.</param>
    /// <param name="gates">How many sums each output value needs.</param>
    private protected RecurrentLayer(LayerContext context, int hiddenBlobs, int gates)
        : base(context)
    {
        (HiddenBlobs, Gates) = (hiddenBlobs, gates);
        state = new Blob[ExposesHidden ? 0 : hiddenBlobs];
        for (int i = 0; i < state.Length; i++)
        {
            state[i] = new Blob();
        }
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount =>
        ExposesHidden ? BlobCount.Between(2 + HiddenBlobs, 3 + HiddenBlobs) : BlobCount.Between(2, 3);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(ExposesHidden ? 1 + HiddenBlobs : 1);

    /// <inheritdoc/>
    public override IReadOnlyList<Blob> State => state;

    private protected RecurrentParameter Options => Parameter.RecurrentParam ??= new RecurrentParameter();

    private protected int HiddenBlobs { get; }

    private protected int Gates { get; }

    private protected int Steps => shape.Steps;

    private protected int Streams => shape.Streams;

    private protected int Size => shape.Size;

    /// <summary>Values of a hidden blob.</summary>
    private protected nint StepValues => (nint)Streams * Size;

    private protected bool ExposesHidden => Options.ExposeHidden;

    // The index of the last blob that all recurrent layers have; a layer's own blobs come after it.
    private protected int RecurrentWeights => shape.HasStatic ? 3 : 2;

    /// <inheritdoc/>
    public override string? GradientRule =>
        ExposesHidden ? "none reaches an initial hidden state or leaves a final one, as in Caffe" : null;

    /// <inheritdoc/>
    public override string? ParameterGradientRule => GradientRule;

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom != 1;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        shape = new RecurrentShape(Context, Options, bottoms, HiddenBlobs, Gates);
        int width = Gates * Size;
        AddBlob(Options.WeightFiller, width, shape.Inputs);
        AddBlob(Options.BiasFiller, width);
        if (shape.HasStatic)
        {
            AddBlob(Options.WeightFiller, width, shape.StaticInputs);
        }

        AddBlob(Options.WeightFiller, width, Size);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        shape.Update(bottoms);
        tops[0].Reshape(Steps, Streams, Size);
        for (int i = 1; i < tops.Count; i++)
        {
            tops[i].Reshape(1, Streams, Size);
        }

        sums.Reshape(Steps, Streams, Gates * Size);
        staticSums.Reshape(Streams, Gates * Size);
        hidden.Reshape(Steps, Streams, Size);
        foreach (Blob blob in state)
        {
            StreamState.KeepStreams(blob, Streams, Size);
        }

        if (packed is null && Streams > 1)
        {
            int width = Gates * Size;
            packed = new AlignedBuffer(
                (int)Math.Max(PrepackedGemm.PackedSize(width, Size), PrepackedGemm.PackedSize(Size, width)));
        }
    }

    /// <inheritdoc/>
    public override void RestoreState(int index, Blob stored)
    {
        if (!StreamState.TryRestore(state[index], stored, Size))
        {
            base.RestoreState(index, stored);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (Streams == 0)
        {
            return;
        }

        int width = Gates * Size, inputs = shape.Inputs, fixedInputs = shape.StaticInputs;
        float* x = bottoms[0].DataPointer, inputWeights = Blobs[0].DataPointer;
        GemmKernel.Run(
            Context.Pool, false, true, Steps * Streams, width, inputs, x, inputs, inputWeights, inputs,
            sums.DataPointer, width, GemmAddend.ColumnBias, Blobs[1].DataPointer);
        if (shape.HasStatic)
        {
            GemmKernel.Run(
                Context.Pool, false, true, Streams, width, fixedInputs, bottoms[2].DataPointer, fixedInputs,
                Blobs[2].DataPointer, fixedInputs, staticSums.DataPointer, width);
        }

        var gemm = new PrepackedGemm(true, width, Size, Blobs[RecurrentWeights].DataPointer, Packed());
        gemm.Pack(Context.Pool, Streams);
        ContinueKernel.Run(
            Streams, Size, Initial(bottoms, 0).DataPointer, bottoms[1].DataPointer, hidden.DataPointer, Context.Pool);
        BeginForward(bottoms);
        for (int t = 0; t < Steps; t++)
        {
            gemm.Run(Context.Pool, Streams, hidden.DataPointer + (t * StepValues), SumsAt(t), GemmAddend.Existing);
            StepForward(t, bottoms[1], tops);
        }

        EndForward(tops);
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        // At each step of each stream every weight is used once; those of a static input once per stream.
        long perStep = Gates * (long)Size * (shape.Inputs + Size) + StepMultiplyAdds;
        long perStream = shape.HasStatic ? Gates * (long)Size * shape.StaticInputs : 0;
        long multiplyAdds = Streams * ((Steps * perStep) + perStream);
        long biases = (long)Steps * Streams * BiasesPerStep;
        return new LayerCost(multiplyAdds, Streams == 0 ? 0 : (multiplyAdds + biases) / Streams);
    }

    /// <summary>Multiply-adds of a step of one stream, besides those that all recurrent layers have.</summary>
    private protected virtual long StepMultiplyAdds => 0;

    /// <summary>Biases that a step of one stream adds.</summary>
    private protected virtual long BiasesPerStep => Gates * (long)Size;

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[1])
        {
            throw Context.Error(
                $"a {Type} layer has no gradient for its sequence markers '{Parameter.Bottom[1]}'",
                "take them from an input or a data layer");
        }

        for (int i = shape.FirstHidden; i < bottoms.Count; i++)
        {
            if (propagateDown[i])
            {
                bottoms[i].Diff.Clear();
            }
        }

        if (Streams == 0)
        {
            return;
        }

        int width = Gates * Size;
        var gemm = new PrepackedGemm(false, Size, width, Blobs[RecurrentWeights].DataPointer, Packed());
        gemm.Pack(Context.Pool, Streams);
        BeginBackward(tops);
        for (int t = Steps - 1; t >= 0; t--)
        {
            StepBackward(t, bottoms[1], tops);
            if (t > 0)
            {
                gemm.Run(Context.Pool, Streams, SumsDiffAt(t), hidden.DiffPointer + (t * StepValues));
            }
        }

        float* diff = sums.DiffPointer;
        int rows = Steps * Streams;
        SumRows.Run(Context.Pool, rows, width, diff, Blobs[1].DiffPointer);
        AddProduct(rows, width, diff, Size, hidden.DataPointer, Blobs[RecurrentWeights]);
        BackwardThrough(rows, shape.Inputs, diff, bottoms[0], Blobs[0]);
        if (shape.HasStatic)
        {
            staticSums.Diff.Clear();
            SumRows.Run(Context.Pool, Steps, Streams * width, diff, staticSums.DiffPointer);
            BackwardThrough(Streams, shape.StaticInputs, staticSums.DiffPointer, bottoms[2], Blobs[2]);
        }
    }

    /// <summary>Copies what is needed of the initial hidden blobs other than the first.</summary>
    private protected virtual void BeginForward(IReadOnlyList<Blob> bottoms)
    {
    }

    /// <summary>
    /// Computes h_t from the sums of step t, and from h_t the input of the next step or the final state.
    /// </summary>
    private protected abstract void StepForward(int t, Blob markers, IReadOnlyList<Blob> tops);

    /// <summary>Computes the top, and the final hidden blobs other than the first.</summary>
    private protected abstract void EndForward(IReadOnlyList<Blob> tops);

    /// <summary>Computes the gradient of the hidden states from the top's.</summary>
    private protected abstract void BeginBackward(IReadOnlyList<Blob> tops);

    /// <summary>Computes the gradient of the sums of step t.</summary>
    private protected abstract void StepBackward(int t, Blob markers, IReadOnlyList<Blob> tops);

    /// <summary>Adds left' right to the weights' diff [m, n], for left [rows, m] and right [rows, n].</summary>
    private protected void AddProduct(int rows, int m, float* left, int n, float* right, Blob weights) =>
        GemmKernel.Run(
            Context.Pool, true, false, m, n, rows, left, m, right, n, weights.DiffPointer, n, GemmAddend.Existing);

    private protected Blob Initial(IReadOnlyList<Blob> bottoms, int index) =>
        ExposesHidden ? bottoms[shape.FirstHidden + index] : state[index];

    private protected Blob Final(IReadOnlyList<Blob> tops, int index) => ExposesHidden ? tops[1 + index] : state[index];

    private protected float* SumsAt(int t) => sums.DataPointer + (t * StepValues * Gates);

    private protected float* SumsDiffAt(int t) => sums.DiffPointer + (t * StepValues * Gates);

    /// <summary>The static input's part of the sums; null without one.</summary>
    private protected float* StaticSums => shape.HasStatic ? staticSums.DataPointer : null;

    /// <summary>Where h_t goes for the next step, or as the final state.</summary>
    private protected float* NextHidden(int t, IReadOnlyList<Blob> tops) =>
        t + 1 < Steps ? hidden.DataPointer + ((t + 1) * StepValues) : Final(tops, 0).DataPointer;

    /// <summary>The next step's markers; null after the last.</summary>
    private protected float* NextMarkers(int t, Blob markers) =>
        t + 1 < Steps ? markers.DataPointer + ((nint)(t + 1) * Streams) : null;

    /// <summary>The gradient of the values at <see cref="NextHidden"/>; null after the last step.</summary>
    private protected float* NextHiddenDiff(int t) =>
        t + 1 < Steps ? hidden.DiffPointer + ((t + 1) * StepValues) : null;

    private void BackwardThrough(int rows, int inputs, float* diff, Blob bottom, Blob weights)
    {
        int width = Gates * Size;
        AddProduct(rows, width, diff, inputs, bottom.DataPointer, weights);
        GemmKernel.Run(
            Context.Pool, false, false, rows, inputs, width, diff, width, weights.DataPointer, inputs,
            bottom.DiffPointer, inputs);
    }

    private float* Packed() => packed is null ? null : packed.Pointer;
}
