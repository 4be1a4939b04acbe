using Cnn.Proto;

namespace Cnn.Layers;

/// <summary>
/// A row-major array of up to 32 axes with two equally large buffers: the values and their gradient (<c>data</c> and
/// <c>diff</c>). Each is allocated, and zero, when it is first used. A blob without axes is a scalar and holds one
/// value. Images are [N, C, H, W].
/// </summary>
public sealed unsafe class Blob
{
    /// <summary>The maximum number of axes of a blob, as in Caffe.</summary>
    public const int MaxAxes = 32;

    private int[] shape = [0];
    private Storage data = new();
    private Storage diff = new();

    /// <summary>Makes an empty blob of shape [0].</summary>
    public Blob()
    {
    }

    /// <summary>Makes a blob of a given shape.</summary>
    public Blob(params ReadOnlySpan<int> shape) => Reshape(shape);

    /// <summary>The dimensions, outermost first.</summary>
    public ReadOnlySpan<int> Shape => shape;

    /// <summary>The number of axes.</summary>
    public int AxisCount => shape.Length;

    /// <summary>The number of values: the product of the dimensions.</summary>
    public int Count { get; private set; }

    /// <summary>The values.</summary>
    public Span<float> Data => data.Span(Count);

    /// <summary>The gradient of the loss with respect to the values.</summary>
    public Span<float> Diff => diff.Span(Count);

    /// <summary>Whether the gradient has been used; until then it takes no memory.</summary>
    public bool HasDiff => diff.IsUsed;

    /// <summary>
    /// Pointer to the first value, on a 64-byte boundary; valid until the blob grows or shares another blob's data.
    /// </summary>
    public float* DataPointer => data.Pointer(Count);

    /// <summary>Pointer to the first value of the gradient; see <see cref="DataPointer"/>.</summary>
    public float* DiffPointer => diff.Pointer(Count);

    /// <summary>
    /// Sets the gradient to zero without touching its memory: <see cref="Diff"/> and <see cref="DiffPointer"/> clear
    /// the memory when they are next used; <see cref="SumOfDiff"/> leaves that to the kernel.
    /// </summary>
    public void ClearDiff() => diff.Clear();

    /// <summary>Returns the gradient for a kernel that adds to it; see <see cref="DiffPointer"/>.</summary>
    /// <param name="isZero">
    /// Whether the gradient is zero while its memory may hold anything; the kernel must then overwrite all of it.
    /// </param>
    public float* SumOfDiff(out bool isZero) => diff.PointerForSum(Count, out isZero);

    /// <summary>The shape as Caffe prints it: <c>64 1 28 28 (50176)</c>, a scalar as <c>(1)</c>.</summary>
    public string ShapeText => string.Concat(Array.ConvertAll(shape, d => d + " ")) + $"({Count})";

    /// <summary>Returns the size of an axis; negative axes count from the end.</summary>
    public int Dim(int axis) => shape[axis < 0 ? axis + shape.Length : axis];

    /// <summary>
    /// Returns the product of the dimensions from <paramref name="start"/> up to, but not including,
    /// <paramref name="end"/>.
    /// </summary>
    /// <exception cref="CnnException">
    /// The product is 2^31 or more, which only happens in an empty blob: [0, 65536, 65536] has no values, but rows of
    /// 2^32.
    /// </exception>
    public int CountOf(int start, int end = int.MaxValue)
    {
        int last = Math.Min(end, shape.Length);
        long count = 1;
        for (int i = start; i < last; i++)
        {
            // Capped at 2^31 so that no product overflows; a later dimension of 0 still makes it 0.
            count = Math.Min(count * shape[i], 1L << 31);
        }

        return count <= int.MaxValue
            ? (int)count
            : throw new CnnException(
                $"dimensions {start} to {last - 1} of a blob of {string.Join(" x ", shape)} make 2^31 values or more");
    }

    /// <summary>
    /// Returns the size of axis <paramref name="axis"/> in the old four-axis view (num, channels, height, width): 1
    /// where the blob has fewer axes.
    /// </summary>
    public int LegacyDim(int axis) => axis < shape.Length ? shape[axis] : 1;

    /// <summary>
    /// Changes the shape. Memory that is large enough is reused, so shrinking the blob and growing it back within its
    /// largest size allocates nothing and keeps the values.
    /// </summary>
    /// <exception cref="CnnException">More than 32 axes, a negative dimension, or 2^31 values or more.</exception>
    public void Reshape(params ReadOnlySpan<int> newShape)
    {
        if (newShape.SequenceEqual(shape) && Count != 0)
        {
            return;
        }

        if (newShape.Length > MaxAxes)
        {
            throw new CnnException($"a blob has at most {MaxAxes} axes, not {newShape.Length}");
        }

        long count = 1;
        foreach (int dim in newShape)
        {
            if (dim < 0)
            {
                throw new CnnException($"a blob's dimensions are 0 or more, not {dim}");
            }

            count *= dim;
            if (count > int.MaxValue - 16)
            {
                throw new CnnException(
                    $"a blob of {string.Join(" x ", newShape.ToArray())} has more than 2^31 values");
            }
        }

        if (newShape.Length == shape.Length)
        {
            newShape.CopyTo(shape);
        }
        else
        {
            shape = newShape.ToArray();
        }

        Count = (int)count;
    }

    /// <summary>Takes the shape of another blob.</summary>
    public void ReshapeLike(Blob other) => Reshape(other.Shape);

    /// <summary>Returns whether two blobs have the same shape.</summary>
    public bool HasShapeOf(Blob other) => shape.AsSpan().SequenceEqual(other.shape);

    /// <summary>Shares another blob's values from now on; the counts must be equal.</summary>
    public void ShareData(Blob other)
    {
        RequireCount(other);
        data = other.data;
    }

    /// <summary>Shares another blob's gradient from now on; the counts must be equal.</summary>
    public void ShareDiff(Blob other)
    {
        RequireCount(other);
        diff = other.diff;
    }

    /// <summary>
    /// A number that changes whenever a caller gets the values from <see cref="Data"/> or <see cref="DataPointer"/>,
    /// since it may write to them. Blobs that share values share the version.
    /// </summary>
    public long DataVersion => data.Version;

    /// <summary>Whether the parameter has its initial values; common to blobs that share values.</summary>
    internal bool IsFilled
    {
        get => data.IsFilled;
        set => data.IsFilled = value;
    }

    /// <summary>Pointer to the first value, for a caller that only reads; does not change the version.</summary>
    internal float* ReadPointer => data.ReadPointer(Count);

    /// <summary>Returns whether two blobs share the memory of their values.</summary>
    public bool SharesDataWith(Blob other) => ReferenceEquals(data, other.data);

    /// <summary>An object that identifies the memory of the values; blobs that share values have the same.</summary>
    internal object Memory => data;

    /// <summary>
    /// Uses another blob's memory for the values from now on, whatever the counts; for blobs whose live ranges do not
    /// overlap.
    /// </summary>
    internal void UseMemoryOf(Blob other) => data = other.data;

    /// <summary>An object that identifies the memory of the gradient; blobs that share it have the same.</summary>
    internal object DiffMemory => diff;

    /// <summary>
    /// Exchanges the memory of the gradient with that of another blob of the same shape. Blobs that share the gradient
    /// still do; pointers to it are no longer valid.
    /// </summary>
    internal void SwapDiff(Blob other)
    {
        RequireCount(other);
        diff.Swap(other.diff);
    }

    /// <summary>
    /// Uses the memory of another blob's gradient for the values from now on, whatever the counts; for values that are
    /// not needed any more when that gradient is computed.
    /// </summary>
    internal void UseDiffMemoryOf(Blob other) => data = other.diff;

    private void RequireCount(Blob other)
    {
        if (other.Count != Count)
        {
            throw new ArgumentException($"cannot share {other.ShapeText} with {ShapeText}", nameof(other));
        }
    }

    // Blobs share the storage as a whole, so they still share it after the owner grows.
    private sealed class Storage
    {
        private AlignedBuffer? buffer;
        private bool isCleared;

        public bool IsUsed => buffer is not null;

        public bool IsFilled { get; set; }

        public long Version { get; private set; }

        // A span keeps the memory alive, a pointer does not.
        public Span<float> Span(int count)
        {
            Version++;
            return Buffer(count).Span[..count];
        }

        public float* Pointer(int count)
        {
            Version++;
            return Buffer(count).Pointer;
        }

        public float* ReadPointer(int count) => Buffer(count).Pointer;

        public float* PointerForSum(int count, out bool isZero)
        {
            isZero = isCleared && buffer is not null;
            isCleared = false;
            return Buffer(count).Pointer;
        }

        public void Clear() => isCleared = true;

        public void Swap(Storage other)
        {
            (buffer, other.buffer) = (other.buffer, buffer);
            (isCleared, other.isCleared) = (other.isCleared, isCleared);
        }

        private AlignedBuffer Buffer(int count)
        {
            if (isCleared)
            {
                isCleared = false;
                buffer?.Span.Clear();
            }

            if (buffer is null || buffer.Length < count)
            {
                buffer = new AlignedBuffer(count);
            }

            return buffer;
        }
    }
}
