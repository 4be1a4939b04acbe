using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Activations;

/// <summary>
/// A layer that maps each value by itself: one bottom, one top of the same shape, no parameters. A new activation needs
/// only its operation and a constructor.
/// </summary>
/// <typeparam name="T">The function and its derivative.</typeparam>
internal abstract unsafe class ElementwiseLayer<T>(LayerContext context) : Layer(context)
    where T : struct, IUnaryOperation
{
    // A copy of the bottom's values, where the layer works in place and the gradient needs them.
    private Blob? kept;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <summary>
    /// Whether the gradient needs x itself, which y does not determine; in place, the layer then keeps a copy. False
    /// unless overridden, since most gradients do not need x.
    /// </summary>
    protected virtual bool NeedsInput => false;

    /// <summary>The function, with the parameters of the definition.</summary>
    protected abstract T Operation { get; }

    /// <summary>The values that <see cref="Layer.Backward"/> takes for x.</summary>
    private protected Blob InputOf(IReadOnlyList<Blob> bottoms) => kept ?? bottoms[0];

    /// <summary>Keeps x where the layer works in place and the gradient needs it.</summary>
    private protected void KeepInput(IReadOnlyList<Blob> bottoms)
    {
        if (kept is not null)
        {
            bottoms[0].Data.CopyTo(kept.Data);
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        tops[0].ReshapeLike(bottoms[0]);
        if (NeedsInput && bottoms[0] == tops[0])
        {
            kept ??= new Blob();
            kept.ReshapeLike(bottoms[0]);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        KeepInput(bottoms);
        UnaryKernel.Forward(Operation, bottoms[0].DataPointer, tops[0].DataPointer, bottoms[0].Count, Context.Pool);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            UnaryKernel.Backward(
                Operation,
                InputOf(bottoms).DataPointer,
                tops[0].DataPointer,
                tops[0].DiffPointer,
                bottoms[0].DiffPointer,
                bottoms[0].Count,
                Context.Pool);
        }
    }
}
