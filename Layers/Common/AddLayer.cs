using Cnn.Layers.Kernels.Broadcast;

namespace Cnn.Layers.Common;

/// <summary>
/// The sum of two bottoms, each repeated along the axes that it does not have; see <see cref="PairLayer"/>. The
/// gradients are sums over the repetitions. From Synopsys' fork of Caffe, which has no gradient.
/// </summary>
[LayerType("Add")]
internal sealed class AddLayer(LayerContext context) : PairLayer(context)
{
    private static PairSum Operation => new(1, 1);

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        Forward(Operation, bottoms, tops);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms) =>
        Backward(Operation, tops, propagateDown, bottoms);
}
