using Cnn.Layers.Activations;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Kernels.Recurrent;
using Cnn.Proto;

namespace Cnn.Layers.Recurrent;

/// <summary>
/// Long short-term memory as CTPN's fork of Caffe has it (Tian et al., ECCV 2016; from J. Oh's caffe-lstm). The formula
/// is that of <see cref="LSTMLayer"/>, but the sequence markers are optional and both T and N may change: bottoms x [T,
/// N, ...] and, if given, markers of T N values, where any but 0 goes on. Without markers each batch begins all
/// sequences anew; with them the state is kept from one forward pass to the next (<see cref="Layer.State"/>). The top
/// is h [T, N, D]. Blobs: W_x [4D, I], W_h [4D, D], b [4D]. With a <c>clipping_threshold</c> above 0 the gradients of
/// the gates' sums are cut to it at every step.
/// </summary>
/// <remarks>
/// The gradient of W_h is the true one, where the fork's also counts what a marker of 0 keeps out, and of the state
/// that a batch begins with only the first stream. No gradient crosses batches.
/// </remarks>
[LayerType("Lstm")]
internal sealed unsafe class ClippedLstmLayer : Layer
{
    private const int Gates = 4;

    private readonly LstmParameter options;
    private readonly Blob finalHidden = new();
    private readonly Blob finalCell = new();
    private readonly Blob sums = new();
    private readonly Blob hidden = new();
    private readonly Blob cells = new();
    private readonly Blob initialCell = new();
    private readonly Blob markers = new();
    private AlignedBuffer? packed;
    private int size;
    private int inputs;
    private int steps;
    private int streams;

    /// <summary>Makes the layer.</summary>
    public ClippedLstmLayer(LayerContext context)
        : base(context)
    {
        options = Parameter.LstmParam ?? new LstmParameter();
        State = Parameter.Bottom.Count > 1 ? [finalHidden, finalCell] : [];
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override IReadOnlyList<Blob> State { get; }

    private int Width => Gates * size;

    private nint StepValues => (nint)streams * size;

    /// <inheritdoc/>
    public override string? GradientRule =>
        options.ClippingThreshold > 0 ? "it is cut to clipping_threshold at every step" : null;

    /// <inheritdoc/>
    public override string? ParameterGradientRule => GradientRule;

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom != 1;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (Parameter.LstmParam is null && Parameter.RecurrentParam is not null)
        {
            throw Context.Error(
                Parameter.RecurrentParam,
                0,
                "an Lstm layer takes its options from lstm_param",
                "MyCaffe's Lstm with a recurrent_param is Caffe's LSTM: write type: \"LSTM\"");
        }

        size = SizeField.Check(Context, options, LstmParameter.NumOutputFieldNumber, "num_output", options.NumOutput);
        RequireSequence(bottoms[0]);
        inputs = bottoms[0].CountOf(2);
        if (inputs == 0 || Gates * (long)size > BlobSize.Most / Math.Max(inputs, size))
        {
            throw Context.Error(
                options,
                LstmParameter.NumOutputFieldNumber,
                $"weights of {Gates * (long)size} x {Math.Max(inputs, size)} are too many or none");
        }

        AddBlob(options.WeightFiller, Width, inputs);
        AddBlob(options.WeightFiller, Width, size);
        AddBlob(options.BiasFiller, Width);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        RequireSequence(bottoms[0]);
        (steps, streams) = (bottoms[0].Dim(0), bottoms[0].Dim(1));
        if (bottoms[0].CountOf(2) != inputs || (long)steps * streams * Width > BlobSize.Most)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has become {bottoms[0].ShapeText}",
                $"the weights take {inputs} values of each sequence at each step");
        }

        if (bottoms.Count > 1 && bottoms[1].Count != steps * streams)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[1]}' has shape {bottoms[1].ShapeText}",
                $"the sequence markers are [T, N], here {steps} {streams}");
        }

        tops[0].Reshape(steps, streams, size);
        sums.Reshape(steps, streams, Width);
        hidden.Reshape(steps, streams, size);
        cells.Reshape(steps, streams, size);
        markers.Reshape(steps, streams);
        initialCell.Reshape(1, streams, size);
        StreamState.KeepStreams(finalHidden, streams, size);
        StreamState.KeepStreams(finalCell, streams, size);
        if (packed is null && streams > 1)
        {
            packed = new AlignedBuffer(
                (int)Math.Max(PrepackedGemm.PackedSize(Width, size), PrepackedGemm.PackedSize(size, Width)));
        }
    }

    /// <inheritdoc/>
    public override void RestoreState(int index, Blob stored)
    {
        if (!StreamState.TryRestore(State[index], stored, size))
        {
            base.RestoreState(index, stored);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (streams == 0)
        {
            return;
        }

        ReadMarkers(bottoms);
        GemmKernel.Run(
            Context.Pool, false, true, steps * streams, Width, inputs, bottoms[0].DataPointer, inputs,
            Blobs[0].DataPointer, inputs, sums.DataPointer, Width, GemmAddend.ColumnBias, Blobs[2].DataPointer);
        var gemm = new PrepackedGemm(true, Width, size, Blobs[1].DataPointer, Packed());
        gemm.Pack(Context.Pool, streams);
        ContinueKernel.Run(
            streams, size, finalHidden.DataPointer, markers.DataPointer, hidden.DataPointer, Context.Pool);
        finalCell.Data.CopyTo(initialCell.Data);
        for (int t = 0; t < steps; t++)
        {
            bool isLast = t + 1 == steps;
            gemm.Run(Context.Pool, streams, hidden.DataPointer + (t * StepValues), SumsAt(t), GemmAddend.Existing);
            LstmStep step = Step(t);
            step.Sums = step.Gates;
            step.Hidden = tops[0].DataPointer + (t * StepValues);
            step.NextHidden = isLast ? finalHidden.DataPointer : hidden.DataPointer + ((t + 1) * StepValues);
            LstmKernel.Forward(step, Context.Pool);
        }

        cells.Data[(int)((steps - 1) * StepValues)..].CopyTo(finalCell.Data);
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        long multiplyAdds = (long)steps * streams * Width * (inputs + size);
        return new LayerCost(multiplyAdds, streams == 0 ? 0 : (multiplyAdds / streams) + ((long)steps * Width));
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown.Count > 1 && propagateDown[1])
        {
            throw Context.Error(
                $"a {Type} layer has no gradient for its sequence markers '{Parameter.Bottom[1]}'",
                "take them from an input or a data layer");
        }

        if (streams == 0)
        {
            return;
        }

        BackwardThroughSteps(tops[0]);
        float* diff = sums.DiffPointer;
        int rows = steps * streams;
        AddProduct(rows, diff, inputs, bottoms[0].DataPointer, 0);
        AddProduct(rows, diff, size, hidden.DataPointer, 1);
        if (NeedsGradient(2))
        {
            SumRows.Run(Context.Pool, rows, Width, diff, Blobs[2].DiffPointer);
        }

        if (propagateDown[0])
        {
            GemmKernel.Run(
                Context.Pool, false, false, rows, inputs, Width, diff, Width, Blobs[0].DataPointer, inputs,
                bottoms[0].DiffPointer, inputs);
        }
    }

    private void BackwardThroughSteps(Blob top)
    {
        var gemm = new PrepackedGemm(false, size, Width, Blobs[1].DataPointer, Packed());
        gemm.Pack(Context.Pool, streams);
        initialCell.Diff.Clear();
        for (int t = steps - 1; t >= 0; t--)
        {
            LstmStep step = Step(t);
            step.HiddenDiff = top.DiffPointer + (t * StepValues);
            step.NextHiddenDiff = t + 1 < steps ? hidden.DiffPointer + ((t + 1) * StepValues) : null;
            step.SumsDiff = SumsDiffAt(t);
            step.CellDiff = step.PreviousCellDiff = initialCell.DiffPointer;
            LstmKernel.Backward(step, Context.Pool);
            if (options.ClippingThreshold > 0)
            {
                var bounds = new ClipLayer.Bounds(-options.ClippingThreshold, options.ClippingThreshold);
                UnaryKernel.Forward(bounds, step.SumsDiff, step.SumsDiff, streams * Width, Context.Pool);
            }

            if (t > 0)
            {
                gemm.Run(Context.Pool, streams, SumsDiffAt(t), hidden.DiffPointer + (t * StepValues));
            }
        }
    }

    // Adds diff' x to the gradient of weights, for diff [rows, 4D] and x [rows, n].
    private void AddProduct(int rows, float* diff, int n, float* x, int blob)
    {
        if (NeedsGradient(blob))
        {
            GemmKernel.Run(
                Context.Pool, true, false, Width, n, rows, diff, Width, x, n, Blobs[blob].DiffPointer, n,
                GemmAddend.Existing);
        }
    }

    private LstmStep Step(int t) => new()
    {
        Streams = streams,
        Size = size,
        Gates = SumsAt(t),
        PreviousCell = t > 0 ? cells.DataPointer + ((t - 1) * StepValues) : initialCell.DataPointer,
        Cell = cells.DataPointer + (t * StepValues),
        Markers = markers.DataPointer + ((nint)t * streams),
        NextMarkers = t + 1 < steps ? markers.DataPointer + ((nint)(t + 1) * streams) : null,
    };

    // Only whether a marker is 0 counts.
    private void ReadMarkers(IReadOnlyList<Blob> bottoms)
    {
        Span<float> values = markers.Data;
        if (bottoms.Count == 1)
        {
            values[..streams].Clear();
            values[streams..].Fill(1);
            return;
        }

        ReadOnlySpan<float> given = bottoms[1].Data;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = given[i] == 0 ? 0 : 1;
        }
    }

    private void RequireSequence(Blob x)
    {
        if (x.AxisCount < 3 || x.Dim(0) == 0)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {x.ShapeText}",
                "expected [T, N, ...] with one step or more");
        }
    }

    private float* SumsAt(int t) => sums.DataPointer + (t * StepValues * Gates);

    private float* SumsDiffAt(int t) => sums.DiffPointer + (t * StepValues * Gates);

    private float* Packed() => packed is null ? null : packed.Pointer;
}
