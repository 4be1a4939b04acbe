using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cnn.Layers.Kernels;

/// <summary>The vectors that the kernels compute with.</summary>
internal enum VectorPath
{
    /// <summary>None: one number at a time.</summary>
    Scalar,

    /// <summary>128-bit vectors: SSE, Arm and others.</summary>
    Vector128,

    /// <summary>256-bit vectors with fused multiply-add: AVX2 and FMA.</summary>
    Avx2,

    /// <summary>512-bit vectors: AVX-512F.</summary>
    Avx512,
}

/// <summary>
/// The vector path of this process, chosen once from what the runtime reports and its switches allow.
/// </summary>
internal static class VectorUnit
{
    /// <summary>The path.</summary>
    /// <remarks>
    /// <c>Vector512.IsHardwareAccelerated</c> is not used: it is false where wide vectors slow down the clock.
    /// </remarks>
    public static VectorPath Path { get; } =
        Avx512F.IsSupported && Avx512DQ.IsSupported ? VectorPath.Avx512
        : Avx2.IsSupported && Fma.IsSupported ? VectorPath.Avx2
        : Vector128.IsHardwareAccelerated ? VectorPath.Vector128
        : VectorPath.Scalar;
}
