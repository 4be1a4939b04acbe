namespace Cnn.Campaigns.References;

/// <summary>A row-major array in double precision, for the scalar references.</summary>
internal sealed class ReferenceBlob(params int[] shape)
{
    /// <summary>The dimensions, outermost first; none for a scalar.</summary>
    public int[] Shape { get; } = shape;

    /// <summary>The values.</summary>
    public double[] Data { get; private init; } = new double[shape.Aggregate(1, (count, dim) => count * dim)];

    /// <summary>The number of values.</summary>
    public int Count => Data.Length;

    /// <summary>The dimensions as text: <c>[2, 3]</c>.</summary>
    public string ShapeText => TextOf(Shape);

    /// <summary>The value at an index, one number an axis.</summary>
    public ref double this[params ReadOnlySpan<int> at] => ref Data[Offset(at)];

    /// <summary>Makes a blob of values in single precision.</summary>
    public static ReferenceBlob Of(ReadOnlySpan<int> shape, ReadOnlySpan<float> values)
    {
        var blob = new ReferenceBlob(shape.ToArray());
        for (int i = 0; i < values.Length; i++)
        {
            blob.Data[i] = values[i];
        }

        return blob;
    }

    /// <summary>Returns a shape as text: <c>[2, 3]</c>.</summary>
    public static string TextOf(IEnumerable<int> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary>Returns the size of an axis; negative axes count from the end.</summary>
    public int Dim(int axis) => Shape[axis < 0 ? axis + Shape.Length : axis];

    /// <summary>Returns the product of the dimensions from one axis up to, but not including, another.</summary>
    public int CountOf(int start, int end = int.MaxValue) =>
        Shape[Math.Min(start, Shape.Length)..Math.Min(end, Shape.Length)].Aggregate(1, (count, dim) => count * dim);

    /// <summary>Returns the position in <see cref="Data"/> of an index.</summary>
    public int Offset(params ReadOnlySpan<int> at)
    {
        if (at.Length != Shape.Length)
        {
            throw new ArgumentException($"{at.Length} numbers are no index of {ShapeText}", nameof(at));
        }

        int offset = 0;
        for (int axis = 0; axis < at.Length; axis++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)at[axis], (uint)Shape[axis], nameof(at));
            offset = (offset * Shape[axis]) + at[axis];
        }

        return offset;
    }

    /// <summary>Returns the same values under another shape.</summary>
    public ReferenceBlob Reshaped(params int[] shape) => new(shape) { Data = Data };

    /// <summary>Returns a copy.</summary>
    public ReferenceBlob Copy() => new(Shape) { Data = (double[])Data.Clone() };
}
