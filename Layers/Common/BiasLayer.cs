using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// <c>y = x + b</c>, with b broadcast over the axes before <c>axis</c> and after its own. b is learned (blob 0, with
/// the shape of <c>num_axes</c> axes of the bottom) or the second bottom. Works in place.
/// </summary>
[LayerType("Bias")]
internal sealed unsafe class BiasLayer(LayerContext context) : BroadcastLayer(context)
{
    private readonly BiasParameter options = context.Parameter.BiasParam ?? new BiasParameter();

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => AddBroadcastBlob(
        bottoms, options, options.Axis, (BiasParameter.NumAxesFieldNumber, options.NumAxes), options.Filler);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        Broadcast(bottoms, tops, options.Axis);

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bias = IsLearned ? Blobs[0] : bottoms[1];
        BroadcastKernel.Forward(
            bottoms[0].DataPointer, null, bias.DataPointer, tops[0].DataPointer, Outer, Size, Inner, Context.Pool);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (IsLearned ? NeedsGradient(0) : propagateDown[1])
        {
            Blob bias = IsLearned ? Blobs[0] : bottoms[1];
            BroadcastKernel.Gradient(
                tops[0].DiffPointer, null, bias.DiffPointer, IsLearned, Outer, Size, Inner, Context.Pool);
        }

        if (propagateDown[0] && tops[0] != bottoms[0])
        {
            BlockKernel.Copy(tops[0].DiffPointer, bottoms[0].DiffPointer, bottoms[0].Count, Context.Pool);
        }
    }
}
