using System.Runtime.CompilerServices;

namespace Cnn.Layers.Threading;

/// <summary>Aligns memory to cache lines: a vector across two lines is read and written twice.</summary>
internal static unsafe class CacheLine
{
    /// <summary>Floats in a line, and the extra space that alignment takes.</summary>
    public const int Floats = 16;

    /// <summary>
    /// Returns the first boundary of a line at or after an address, at most <see cref="Floats"/> floats further on.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float* From(float* memory)
    {
        const int Bytes = Floats * sizeof(float);
        return (float*)(((nuint)memory + Bytes - 1) & ~(nuint)(Bytes - 1));
    }
}
