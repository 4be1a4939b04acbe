namespace Cnn.Layers.Common;

/// <summary>
/// Gives the first bottom the shape that the values of the second say, one of which may be -1 and is found from the
/// others; in the place of the Python class of Synopsys' converter from TensorFlow. The second bottom comes from a
/// layer that knows its values before the first pass, such as TensorShape. The top shares the bottom's memory.
/// </summary>
[PythonLayer("reshape", "Reshape")]
internal sealed class PythonReshapeLayer(LayerContext context) : SharedShapeLayer(context)
{
    private Blob sizes = null!;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom == 0;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        sizes = bottoms[1];
        base.Reshape(bottoms, tops);
    }

    /// <inheritdoc/>
    protected override int Shape(Blob bottom, Span<int> shape)
    {
        ReadOnlySpan<float> wanted = sizes.Data;
        double count = 1;
        int inferred = -1;
        for (int i = 0; i < Math.Min(wanted.Length, shape.Length); i++)
        {
            bool isInferred = wanted[i] == -1 && inferred < 0;
            inferred = isInferred ? i : inferred;
            shape[i] = wanted[i] is >= 0 and < int.MaxValue ? (int)wanted[i] : 0;
            count *= isInferred ? 1 : shape[i];
        }

        if (inferred >= 0 && count > 0 && bottom.Count % count == 0)
        {
            shape[inferred] = (int)(bottom.Count / count);
            count = bottom.Count;
        }

        return wanted.Length <= shape.Length && count == bottom.Count
            ? wanted.Length
            : throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}, bottom '{Parameter.Bottom[1]}' asks for "
                + string.Join(' ', wanted.ToArray()),
                "the shape needs as many values, and to be known before the first pass, as TensorShape's is");
    }
}
