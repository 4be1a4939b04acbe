namespace Cnn.Layers.Common;

/// <summary>
/// The bottom's shape as numbers, one for each of its axes, in the place of the Python class of Synopsys' converter
/// from TensorFlow. It is there before the first pass, so that a layer after it can take a shape from it. No gradient.
/// </summary>
[PythonLayer("shape", "TensorShape")]
internal sealed class PythonShapeLayer(LayerContext context) : Layer(context)
{
    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ShapeTop(tops, 0, [bottoms[0].AxisCount]);
        Forward(bottoms, tops);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Span<float> sizes = tops[0].Data;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            sizes[axis] = bottoms[0].Dim(axis);
        }
    }
}
