// A layer of your own in one file. Try it:
//
//     cnn train solver.prototxt --plugin ShrinkLayer.cs
//
// To write another, rename the two types and "Shrink", and change the options, the shapes and the arithmetic.
using System.ComponentModel.DataAnnotations;
using Cnn.Layers;
using Cnn.Layers.Plugins;

// The options: what plugin_param { ... } of the layer may hold. Threshold is written threshold there. A default makes
// an option optional; Range bounds it. Numbers, booleans, strings, enums, records and lists of these will do.
public sealed record ShrinkOptions([Range(0.0, 100.0)] float Threshold = 0.1f);

// The layer: y = x - threshold above the threshold, x + threshold below -threshold, and 0 between them. LayerType is
// the name by which nets use it: type: "Shrink".
[LayerType("Shrink")]
public sealed class ShrinkLayer : Layer
{
    private readonly float threshold;
    private readonly LayerMath math;

    // Created once, because a pass allocates nothing.
    private readonly LayerMath.ElementFunction forward;
    private readonly LayerMath.ElementFunctionOfTwo backward;

    // Runs once for each layer of this type in a net.
    public ShrinkLayer(LayerContext context)
        : base(context)
    {
        // Reads the options. A wrong one is an error with file, line and column.
        threshold = PluginOptions.Bind<ShrinkOptions>(context).Threshold;
        math = new LayerMath(context);
        (forward, backward) = (Shrink, ShrinkGradient);
    }

    // One input and one output.
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    public override BlobCount TopCount => BlobCount.Exactly(1);

    // Runs once, before the first pass. A layer that learns creates its parameters here, with AddBlob.
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
    }

    // Runs before every pass: says the shapes of the outputs, given those of the inputs.
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        tops[0].ReshapeLike(bottoms[0]);

    // Writes the outputs' Data. Map calls the function for parts of the array, on all threads.
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        math.Map(bottoms[0].Data, tops[0].Data, forward);

    // Given the outputs' Diff, the gradient of the loss, writes the inputs' Diff where it is asked for. A layer that
    // learns also adds to its parameters' Diff.
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            math.Map(bottoms[0].Data, tops[0].Diff, bottoms[0].Diff, backward);
        }
    }

    private void Shrink(ReadOnlySpan<float> x, Span<float> y, int first)
    {
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = MathF.CopySign(MathF.Max(MathF.Abs(x[i]) - threshold, 0), x[i]);
        }
    }

    // The gradient passes where the output is not 0.
    private void ShrinkGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, int first)
    {
        for (int i = 0; i < x.Length; i++)
        {
            dx[i] = MathF.Abs(x[i]) > threshold ? dy[i] : 0;
        }
    }
}
