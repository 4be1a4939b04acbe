using Cnn.Layers.Kernels.Losses;

namespace Cnn.Layers.Losses;

/// <summary>
/// The EuclideanLossLayer of Caffe's example pyloss, in the place of the Python class: <c>L = sum (x0 - x1)^2 / (2
/// N)</c>, a top [1]; <c>dx0 = (x0 - x1) / N</c> and <c>dx1 = -dx0</c>, whatever the loss weight is.
/// </summary>
[PythonLayer("pyloss", "EuclideanLossLayer")]
internal sealed unsafe class PythonEuclideanLossLayer(LayerContext context) : Layer(context)
{
    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms[0].Count != bottoms[1].Count)
        {
            throw Context.Error(
                $"bottoms '{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} and '{Parameter.Bottom[1]}' of shape "
                + $"{bottoms[1].ShapeText} differ in the number of values");
        }

        tops[0].Reshape(1);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        double sum = DifferenceKernel.SumOfSquares(
            bottoms[0].DataPointer, bottoms[1].DataPointer, bottoms[0].Count, Context.Pool);
        tops[0].Data[0] = (float)(sum / Items(bottoms[0]) / 2);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        for (int which = 0; which < 2; which++)
        {
            if (propagateDown[which])
            {
                float scale = 1f / Items(bottoms[which]);
                DifferenceKernel.Scale(
                    bottoms[0].DataPointer, bottoms[1].DataPointer, &scale, which == 0 ? 1 : -1,
                    bottoms[which].DiffPointer, 1, bottoms[0].Count, Context.Pool);
            }
        }
    }

    private static int Items(Blob blob) => Math.Max(1, blob.LegacyDim(0));
}
