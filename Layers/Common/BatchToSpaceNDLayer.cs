using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Puts items together to blocks of positions and cuts off <c>crops</c>: the inverse of SpaceToBatchND, see
/// <see cref="SpaceBatchLayer"/>. The gradient goes back, 0 where something is cut off; Synopsys' fork has none.
/// </summary>
[LayerType("BatchToSpaceND")]
internal sealed unsafe class BatchToSpaceNDLayer(LayerContext context) : SpaceBatchLayer(context)
{
    private readonly BatchToSpaceNDParameter options =
        context.Parameter.BatchToSpaceNdParam ?? new BatchToSpaceNDParameter();

    /// <inheritdoc/>
    protected override BlockFields Fields => new(
        options,
        options.BlockShape,
        BatchToSpaceNDParameter.BlockShapeFieldNumber,
        options.Crops,
        BatchToSpaceNDParameter.CropsFieldNumber,
        "crops");

    /// <inheritdoc/>
    protected override bool IsToBatch => false;

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        ToSpace(bottoms[0].DataPointer, tops[0].DataPointer);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            ToBatch(tops[0].DiffPointer, bottoms[0].DiffPointer);
        }
    }
}
