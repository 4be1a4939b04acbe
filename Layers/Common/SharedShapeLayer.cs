namespace Cnn.Layers.Common;

/// <summary>
/// A layer that gives its bottom another shape and leaves the values where they are: the top shares its memory.
/// </summary>
internal abstract class SharedShapeLayer(LayerContext context) : Layer(context)
{
    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Span<int> shape = stackalloc int[Blob.MaxAxes];
        tops[0].Reshape(shape[..Shape(bottoms[0], shape)]);
        tops[0].ShareData(bottoms[0]);
        tops[0].ShareDiff(bottoms[0]);
    }

    /// <summary>Does nothing: the top shares the bottom's values.</summary>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
    }

    /// <summary>Does nothing: the bottom shares the top's gradient.</summary>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => new(0, 0, IsView: true);

    /// <summary>Computes the top's shape.</summary>
    /// <param name="bottom">The bottom.</param>
    /// <param name="shape">Receives the shape.</param>
    /// <returns>The number of axes.</returns>
    /// <exception cref="Cnn.Proto.CnnException">The bottom cannot have the shape.</exception>
    protected abstract int Shape(Blob bottom, Span<int> shape);
}
