using Cnn.Layers.Kernels.Broadcast;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// The product of two bottoms, or of the bottom and a learned factor of the axes <c>mul_shape</c>, each repeated along
/// the axes that it does not have; see <see cref="PairLayer"/>. The gradients are sums over the repetitions. From
/// Synopsys' fork of Caffe, which has no gradient; the factor is 0 unless weights fill it, as there.
/// </summary>
[LayerType("Mul")]
internal sealed class MulLayer(LayerContext context) : PairLayer(context)
{
    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    protected override bool IsLearned => Parameter.Bottom.Count == 1;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        MulParameter? options = Parameter.MulParam;
        if (!IsLearned)
        {
            return;
        }

        if (options is null || options.MulShape.Count > Blob.MaxAxes)
        {
            throw Context.Error(
                options,
                MulParameter.MulShapeFieldNumber,
                options is null ? "there is no second factor" : $"mul_shape has {options.MulShape.Count} axes",
                $"give a second bottom, or mul_shape, the axes of a learned one: up to {Blob.MaxAxes}");
        }

        int[] shape = [.. options.MulShape.Select(size => SizeField.Check(
            Context, options, MulParameter.MulShapeFieldNumber, "mul_shape", size))];
        AddBlob(null, shape);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        Forward(default(PairProduct), bottoms, tops);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms) =>
        Backward(default(PairProduct), tops, propagateDown, bottoms);
}
