namespace Cnn.Proto.Formats.Jpeg;

/// <summary>
/// Memory that stays where it is, so that loops over it may use a pointer. It grows by half at least, so that images of
/// ever larger sizes do not take new memory each time.
/// </summary>
internal sealed unsafe class PinnedBuffer<T>
    where T : unmanaged
{
    private T[] values = [];

    /// <summary>The first value; valid until the buffer grows.</summary>
    public T* Start { get; private set; }

    /// <summary>The number of values.</summary>
    public int Length => values.Length;

    /// <summary>Makes room for some values. What they are is not defined.</summary>
    public void Require(int count)
    {
        if (values.Length < count)
        {
            int length = (int)Math.Min(values.Length * 3L / 2, Array.MaxLength);
            values = GC.AllocateUninitializedArray<T>(Math.Max(count, length), pinned: true);
            fixed (T* start = values)
            {
                Start = start;
            }
        }
    }

    /// <summary>Returns the first values.</summary>
    public Span<T> Span(int count) => values.AsSpan(0, count);
}
