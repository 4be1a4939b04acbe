using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// Mirrors images [N, C, H, W]: left to right (<c>flip_width</c>), top to bottom (<c>flip_height</c>) or both; the
/// gradient likewise. From happynear's fork of Caffe.
/// </summary>
[LayerType("Flip")]
internal sealed unsafe class FlipLayer(LayerContext context) : Layer(context)
{
    private readonly FlipParameter options = context.Parameter.FlipParam ?? new FlipParameter();

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms[0].AxisCount != 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottoms[0].ShapeText}",
                "Flip takes 4 axes: [N, C, H, W]");
        }

        tops[0].ReshapeLike(bottoms[0]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        Run(bottoms[0], bottoms[0].DataPointer, tops[0].DataPointer);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            Run(bottoms[0], tops[0].DiffPointer, bottoms[0].DiffPointer);
        }
    }

    private void Run(Blob shape, float* from, float* to) => FlipKernel.Run(
        from, to, shape.CountOf(0, 2), shape.Dim(2), shape.Dim(3), options.FlipHeight, options.FlipWidth, Context.Pool);
}
