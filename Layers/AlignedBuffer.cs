using System.Runtime.CompilerServices;
using Cnn.Layers.Threading;

namespace Cnn.Layers;

/// <summary>
/// Floats on a 64-byte boundary that never move: a pinned array, a cache line longer so that it can be aligned, freed by
/// the collector like any array. Zero at first.
/// </summary>
public sealed unsafe class AlignedBuffer
{
    private readonly float[] memory;
    private readonly int start;

    /// <summary>A buffer of zeros.</summary>
    /// <param name="length">Floats.</param>
    public AlignedBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        memory = GC.AllocateArray<float>(checked(length + CacheLine.Floats), pinned: true);
        var first = (float*)Unsafe.AsPointer(ref memory[0]);
        Pointer = CacheLine.From(first);
        start = (int)(Pointer - first);
    }

    /// <summary>Floats.</summary>
    public int Length { get; }

    /// <summary>The first float; valid while the buffer is referenced.</summary>
    public float* Pointer { get; }

    /// <summary>All of the buffer; keeps it alive, which the pointer does not.</summary>
    public Span<float> Span => memory.AsSpan(start, Length);
}
