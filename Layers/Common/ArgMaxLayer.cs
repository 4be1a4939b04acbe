using Cnn.Layers.Kernels.ArgMax;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// The indices, the values, or both of the <c>top_k</c> largest values, largest first. Among equal values the larger
/// index comes first, and a NaN is below all others. Without <c>axis</c> it searches all values of an item: top [N, 1,
/// top_k], or [N, 2, top_k] (indices, then values) with <c>out_max_val</c>. With <c>axis</c> it searches along that
/// axis and gives top_k indices, or top_k values with <c>out_max_val</c>. It has no gradient.
/// </summary>
[LayerType("ArgMax")]
internal sealed unsafe class ArgMaxLayer(LayerContext context) : Layer(context)
{
    private readonly ArgMaxParameter options = context.Parameter.ArgmaxParam ?? new ArgMaxParameter();
    private int outer;
    private int length;
    private int inner;

    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        int axis = options.HasAxis ? CanonicalAxis(bottom, options.Axis) : 1;
        (outer, length, inner) = options.HasAxis
            ? (bottom.CountOf(0, axis), bottom.Dim(axis), bottom.CountOf(axis + 1))
            : (bottom.CountOf(0, 1), bottom.CountOf(1), 1);
        if (options.TopK == 0 || options.TopK > (uint)length)
        {
            throw Context.Error(
                options,
                ArgMaxParameter.TopKFieldNumber,
                $"top_k is {options.TopK}, bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} offers "
                + $"{length} values",
                $"it must be 1 to {length}");
        }

        int axes = options.HasAxis ? bottom.AxisCount : Math.Max(3, bottom.AxisCount);
        Span<int> shape = stackalloc int[axes];
        if (options.HasAxis)
        {
            bottom.Shape.CopyTo(shape);
            shape[axis] = (int)options.TopK;
        }
        else
        {
            shape.Fill(1);
            shape[0] = bottom.AxisCount == 0 ? 1 : bottom.Dim(0);
            shape[1] = options.OutMaxVal ? 2 : 1;
            shape[2] = (int)options.TopK;
        }

        ShapeTop(tops, 0, shape);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int k = (int)options.TopK;
        float* y = tops[0].DataPointer;
        bool both = options.OutMaxVal && !options.HasAxis;
        ArgMaxKernel.Run(
            bottoms[0].DataPointer,
            options.OutMaxVal && !both ? null : y,
            options.OutMaxVal ? both ? y + k : y : null,
            outer,
            length,
            inner,
            k,
            both ? 2L * k : (long)k * inner,
            Context.Pool);
    }
}
