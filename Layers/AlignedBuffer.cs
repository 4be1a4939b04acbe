using System.Runtime.CompilerServices;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers;

/// <summary>
/// Floats on a 64-byte boundary that never move. The memory is a pinned array, one cache line longer than the buffer so
/// that its start can be aligned; the garbage collector frees it like any array. The values are zero at first.
/// </summary>
public sealed unsafe class AlignedBuffer
{
    private readonly float[] memory;
    private readonly int start;

    /// <summary>Makes a buffer of zeros.</summary>
    /// <param name="length">The number of floats.</param>
    /// <exception cref="InsufficientMemoryException">
    /// There is not enough memory; the message tells the size.
    /// </exception>
    public AlignedBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        try
        {
            memory = GC.AllocateArray<float>(checked(length + CacheLine.Floats), pinned: true);
        }
        catch (OutOfMemoryException exception)
        {
            throw MemoryErrors.OfBuffer(sizeof(float) * (long)length, exception);
        }

        var first = (float*)Unsafe.AsPointer(ref memory[0]);
        Pointer = CacheLine.From(first);
        start = (int)(Pointer - first);
    }

    /// <summary>The number of floats.</summary>
    public int Length { get; }

    /// <summary>The first float; valid while the buffer is referenced.</summary>
    public float* Pointer { get; }

    /// <summary>The whole buffer. The span keeps the memory alive; the pointer does not.</summary>
    public Span<float> Span => memory.AsSpan(start, Length);
}
