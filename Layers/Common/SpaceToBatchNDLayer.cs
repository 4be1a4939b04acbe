using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Takes blocks of positions apart to items, after zeros are put around by <c>paddings</c>; see
/// <see cref="SpaceBatchLayer"/>. A convolution between this and BatchToSpaceND is one with dilation. The gradient goes
/// back; Synopsys' fork has none.
/// </summary>
[LayerType("SpaceToBatchND")]
internal sealed unsafe class SpaceToBatchNDLayer(LayerContext context) : SpaceBatchLayer(context)
{
    private readonly SpaceToBatchNDParameter options =
        context.Parameter.SpaceToBatchNdParam ?? new SpaceToBatchNDParameter();

    /// <inheritdoc/>
    protected override BlockFields Fields => new(
        options,
        options.BlockShape,
        SpaceToBatchNDParameter.BlockShapeFieldNumber,
        options.Paddings,
        SpaceToBatchNDParameter.PaddingsFieldNumber,
        "paddings");

    /// <inheritdoc/>
    protected override bool IsToBatch => true;

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        ToBatch(bottoms[0].DataPointer, tops[0].DataPointer);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            ToSpace(tops[0].DiffPointer, bottoms[0].DiffPointer);
        }
    }
}
