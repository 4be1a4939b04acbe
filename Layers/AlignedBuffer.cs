using System.Runtime.CompilerServices;

namespace Cnn.Layers;

/// <summary>
/// Floats on a 64-byte boundary that never move: a pinned array with room to align, freed by the collector like any
/// array. Zero at first.
/// </summary>
public sealed unsafe class AlignedBuffer
{
    private const int Alignment = 64;

    // Keeps the memory alive; never read.
    private readonly float[] memory;

    /// <summary>A buffer of zeros.</summary>
    /// <param name="length">Floats.</param>
    public AlignedBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        memory = GC.AllocateArray<float>(checked(length + (Alignment / sizeof(float))), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref memory[0]);
        Pointer = (float*)((address + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    /// <summary>Floats.</summary>
    public int Length { get; }

    /// <summary>The first float; valid while the buffer is referenced.</summary>
    public float* Pointer { get; }

    /// <summary>All of the buffer.</summary>
    public Span<float> Span => new(Pointer, Length);
}
