using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cnn.Proto.Formats.Jpeg;

/// <summary>The order in which a block's coefficients are coded; ITU-T T.81, figure 5.</summary>
internal static unsafe class ZigZag
{
    /// <summary>
    /// The place, row by row, of each coded coefficient. Sixteen more entries lead to the last place: a damaged run
    /// reaches so far beyond the block.
    /// </summary>
    public static ReadOnlySpan<byte> Order =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
        12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
        58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
        63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
    ];

    /// <summary>The same as a pointer: constants of the assembly do not move.</summary>
    public static byte* Start => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Order));
}
