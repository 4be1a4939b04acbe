using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// The indices, the values, or both of the <c>top_k</c> largest values, largest first; of equals the larger index comes
/// first. Without <c>axis</c> over all values of an item: top [N, 1, top_k], with <c>out_max_val</c> [N, 2, top_k] (indices,
/// then values). With <c>axis</c> along it: top_k indices, or with <c>out_max_val</c> values. It has no gradient.
/// </summary>
[LayerType("ArgMax")]
public sealed class ArgMaxLayer(LayerContext context) : Layer(context)
{
    private readonly ArgMaxParameter options = context.Parameter.ArgmaxParam ?? new ArgMaxParameter();
    private float[] values = [];
    private int[] indices = [];
    private int outer;
    private int length;
    private int inner;

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
                $"top_k is {options.TopK}, bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} offers {length} values",
                $"it is 1 to {length}");
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
            (shape[0], shape[1], shape[2]) = (bottom.AxisCount == 0 ? 1 : bottom.Dim(0), options.OutMaxVal ? 2 : 1, (int)options.TopK);
        }

        tops[0].Reshape(shape);
        if (values.Length < length)
        {
            (values, indices) = (new float[length], new int[length]);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ReadOnlySpan<float> x = bottoms[0].Data;
        Span<float> y = tops[0].Data;
        int k = (int)options.TopK;
        for (int row = 0; row < outer * inner; row++)
        {
            int start = (row / inner * length * inner) + (row % inner);
            Largest(x, start, k);
            for (int i = 0; i < k; i++)
            {
                if (options.HasAxis)
                {
                    y[(((row / inner * k) + i) * inner) + (row % inner)] = options.OutMaxVal ? values[i] : indices[i];
                }
                else if (options.OutMaxVal)
                {
                    y[(row * 2 * k) + i] = indices[i];
                    y[(row * 2 * k) + k + i] = values[i];
                }
                else
                {
                    y[(row * k) + i] = indices[i];
                }
            }
        }
    }

    // The k largest so far, in order; a later value of the same size goes before an earlier one.
    private void Largest(ReadOnlySpan<float> x, int start, int k)
    {
        int found = 0;
        for (int i = 0; i < length; i++)
        {
            float value = x[start + (i * inner)];
            if (found == k && !(value >= values[k - 1]))
            {
                continue;
            }

            int at = found == k ? k - 1 : found++;
            for (; at > 0 && value >= values[at - 1]; at--)
            {
                (values[at], indices[at]) = (values[at - 1], indices[at - 1]);
            }

            (values[at], indices[at]) = (value, i);
        }
    }
}
