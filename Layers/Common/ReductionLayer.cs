using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;
using static Cnn.Proto.ReductionParameter.Types;

namespace Cnn.Layers.Common;

/// <summary>
/// Reduces all axes from <c>axis</c> on to one number: <c>coeff</c> times the sum, the sum of magnitudes, the sum of
/// squares or the mean. Top: the axes before <c>axis</c>; a scalar for axis 0.
/// </summary>
[LayerType("Reduction")]
internal sealed unsafe class ReductionLayer(LayerContext context) : Layer(context)
{
    private readonly ReductionParameter options = context.Parameter.ReductionParam ?? new ReductionParameter();
    private int rows;
    private int length;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    private ReductionKernel.Term Term => options.Operation switch
    {
        ReductionOp.Asum => ReductionKernel.Term.Magnitude,
        ReductionOp.Sumsq => ReductionKernel.Term.Square,
        _ => ReductionKernel.Term.Value,
    };

    private float Factor => options.Operation == ReductionOp.Mean ? options.Coeff / Math.Max(1, length) : options.Coeff;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int axis = CanonicalAxis(bottoms[0], options.Axis);
        (rows, length) = (bottoms[0].CountOf(0, axis), bottoms[0].CountOf(axis));
        tops[0].Reshape(bottoms[0].Shape[..axis]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => ReductionKernel.Forward(
        bottoms[0].DataPointer, tops[0].DataPointer, rows, length, Term, Factor, Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            ReductionKernel.Backward(
                bottoms[0].DataPointer,
                tops[0].DiffPointer,
                bottoms[0].DiffPointer,
                rows,
                length,
                Term,
                Factor,
                Context.Pool);
        }
    }
}
