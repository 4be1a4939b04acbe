namespace Cnn.Layers.Common;

/// <summary>Consumes blobs so that they are not outputs of the net; their gradient is 0.</summary>
[LayerType("Silence")]
internal sealed class SilenceLayer(LayerContext context) : Layer(context)
{
    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.AtLeast(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        for (int i = 0; i < bottoms.Count; i++)
        {
            if (propagateDown[i])
            {
                bottoms[i].Diff.Clear();
            }
        }
    }
}
