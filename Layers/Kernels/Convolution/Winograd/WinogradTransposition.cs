using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>Transposes a 4 x 4 block in one vector, with AVX-512.</summary>
internal static class WinogradTransposition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> block) => Avx512F.PermuteVar16x32(
        block, Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
}
