using Cnn.Proto.Formats.Onnx;

namespace Cnn.Engine.Import.Onnx;

/// <summary>
/// An array whose values are known before the net runs: an initializer, or what was computed from some.
/// </summary>
internal sealed class ConstantArray
{
    private readonly OnnxTensor? stored;
    private float[]? floats;
    private long[]? whole;

    /// <summary>Makes an array that is read when its values are asked for.</summary>
    public ConstantArray(OnnxTensor tensor)
    {
        stored = tensor;
        (Shape, IsWhole) = (tensor.Shape, tensor.IsWhole);
    }

    /// <summary>Makes an array of floating point numbers.</summary>
    public ConstantArray(int[] shape, float[] values) => (Shape, floats) = (shape, values);

    /// <summary>Makes an array of whole numbers or truth values.</summary>
    public ConstantArray(int[] shape, long[] values) => (Shape, whole, IsWhole) = (shape, values, true);

    /// <summary>The shape; none for a single number.</summary>
    public int[] Shape { get; }

    /// <summary>Whether the values are whole numbers or truth values.</summary>
    public bool IsWhole { get; }

    /// <summary>The number of values.</summary>
    public int Count => Sizes.Count(Shape);

    /// <summary>The name that the file gives the array; null where it was computed.</summary>
    public string? Name => stored?.Name;

    /// <summary>The values; those of a file are read once.</summary>
    public float[] Floats => floats ??= stored is not null
        ? stored.Floats()
        : Array.ConvertAll(whole!, value => (float)value);

    /// <summary>The whole numbers; floating point numbers are cut off.</summary>
    public long[] Whole => whole ??= IsWhole ? stored!.WholeNumbers() : Array.ConvertAll(Floats, value => (long)value);

    /// <summary>Returns the array with another shape of as many values.</summary>
    public ConstantArray Reshaped(int[] shape) =>
        IsWhole ? new ConstantArray(shape, Whole) : new ConstantArray(shape, Floats);

    /// <summary>Returns elements of the array by strides: a transposed, cut or repeated array.</summary>
    /// <param name="shape">The result's shape.</param>
    /// <param name="strides">Elements from each index of the result to the next, by axis.</param>
    /// <param name="start">The first element.</param>
    public ConstantArray Strided(int[] shape, long[] strides, long start = 0) => IsWhole
        ? new ConstantArray(shape, Take(Whole, shape, strides, start))
        : new ConstantArray(shape, Take(Floats, shape, strides, start));

    /// <summary>Returns the array repeated over the axes where it has size 1, as ONNX's operators do.</summary>
    public ConstantArray Expanded(int[] shape)
    {
        if (shape.AsSpan().SequenceEqual(Shape))
        {
            return this;
        }

        long[] own = Sizes.Strides(Shape), strides = new long[shape.Length];
        int offset = shape.Length - Shape.Length;
        for (int axis = 0; axis < Shape.Length; axis++)
        {
            strides[axis + offset] = Shape[axis] == 1 ? 0 : own[axis];
        }

        return Strided(shape, strides);
    }

    private static T[] Take<T>(T[] values, int[] shape, long[] strides, long start)
    {
        var result = new T[Sizes.Count(shape)];
        var index = new int[shape.Length];
        long at = start;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = values[at];
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                at += strides[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                at -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return result;
    }
}
