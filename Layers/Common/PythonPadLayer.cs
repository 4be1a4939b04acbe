using Cnn.Layers.Plugins;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Puts zeros around images [N, C, H, W], in the place of the Python class of Synopsys' converter from TensorFlow. Its
/// <c>param_str</c> has <c>pad_t</c>, <c>pad_b</c>, <c>pad_l</c>, <c>pad_r</c> and <c>pad_mode</c>. The gradient is the
/// part of the top's that is not padding.
/// </summary>
[PythonLayer("pad", "PadTensor")]
internal sealed unsafe class PythonPadLayer(LayerContext context) : Layer(context)
{
    private readonly PaddedShape shape = new();
    private uint[] border = [];

    /// <summary>Rows above and below, columns to the left and to the right, once set up.</summary>
    public IReadOnlyList<uint> Border => border;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        PythonPadOptions options = PluginOptions.Bind<PythonPadOptions>(Context);
        if (options.PadMode != "constant")
        {
            throw Context.Error(
                Parameter.PythonParam,
                PythonParameter.ParamStrFieldNumber,
                $"pad_mode in param_str is '{options.PadMode}'",
                "only 'constant', zeros, is done");
        }

        border = [(uint)options.PadT, (uint)options.PadB, (uint)options.PadL, (uint)options.PadR];
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms[0].AxisCount != 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottoms[0].ShapeText}",
                "padding takes 4 axes: [N, C, H, W]");
        }

        if (!shape.TrySetBox(bottoms[0].Shape, border, 2))
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} is too large to pad");
        }

        ShapeTop(tops, 0, shape.Whole);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        shape.Pad(bottoms[0].DataPointer, tops[0].DataPointer, 0, Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            shape.Crop(tops[0].DiffPointer, bottoms[0].DiffPointer, Context.Pool);
        }
    }
}
