using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Turns axes around: index i of an axis of <c>reverse_param</c> goes to D - 1 - i. The gradient goes the same way.
/// From the forks of Caffe of CTPN (one axis; Tian et al., ECCV 2016) and Synopsys (any number).
/// </summary>
[LayerType("Reverse")]
internal sealed unsafe class ReverseLayer : Layer
{
    private readonly ReverseParameter options;
    private readonly bool[] isReversed = new bool[Blob.MaxAxes];

    /// <summary>Makes the layer.</summary>
    public ReverseLayer(LayerContext context)
        : base(context) => options = Parameter.ReverseParam ?? new ReverseParameter();

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Array.Clear(isReversed);
        if (options.Axis.Count == 0)
        {
            isReversed[CanonicalAxis(bottoms[0], 0)] = true;
        }

        for (int i = 0; i < options.Axis.Count; i++)
        {
            isReversed[CanonicalAxis(bottoms[0], options.Axis[i])] = true;
        }

        tops[0].ReshapeLike(bottoms[0]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        ReverseKernel.Run(bottoms[0].DataPointer, tops[0].DataPointer, bottoms[0].Shape, isReversed, Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            ReverseKernel.Run(tops[0].DiffPointer, bottoms[0].DiffPointer, bottoms[0].Shape, isReversed, Context.Pool);
        }
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => new(0, 0);
}
