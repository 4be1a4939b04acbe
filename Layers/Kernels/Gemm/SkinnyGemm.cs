using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// GEMM of few rows with a matrix that is read once, as it is stored, since packing it would cost about as much as the
/// multiplication. A fully connected layer with a small batch runs it forward
/// (<see cref="SkinnyGemmDots{TLanes, TVector}"/>) and for the gradient of its input
/// (<see cref="SkinnyGemmSums{TLanes, TVector}"/>). With up to about ten rows it runs at the speed at which the matrix
/// is read.
/// </summary>
internal static unsafe class SkinnyGemm
{
    // With more rows, packing the matrix pays.
    private const int MostRows = 64;

    // A smaller matrix stays in the caches, where packing it is cheap.
    private const long LeastFloats = 128 * 1024;

    // With fewer columns, A, which is packed, is no longer the small operand, and there are too few parts for several
    // threads.
    private const int LeastColumns = 64;

    private static bool HasLanes => VectorUnit.Path is VectorPath.Avx512 or VectorPath.Avx2;

    /// <summary>
    /// Returns whether a GEMM has few rows and a large right operand, and is stored as this class needs it.
    /// </summary>
    public static bool Fits(bool transposeA, int m, int n, int k) => HasLanes && k > 0
        && !transposeA && m <= MostRows && n >= LeastColumns && (long)n * k >= LeastFloats
        && (long)m * k <= GemmKernel.SharedFloats;

    /// <summary>See <see cref="GemmKernel.Run"/>.</summary>
    public static void Run(
        WorkerPool pool,
        bool transposeB,
        int m,
        int n,
        int k,
        float* a,
        int lda,
        float* b,
        int ldb,
        float* c,
        int ldc,
        GemmAddend addTo,
        float* bias)
    {
        var operands = new SkinnyGemmOperands
        {
            M = m, N = n, K = k, A = a, Lda = lda, B = b, Ldb = ldb, C = c, Ldc = ldc, AddTo = addTo, Bias = bias,
        };
        if (VectorUnit.Path == VectorPath.Avx512)
        {
            Run<Lanes512, Vector512<float>>(pool, transposeB, operands);
        }
        else
        {
            Run<Lanes256, Vector256<float>>(pool, transposeB, operands);
        }
    }

    private static void Run<TLanes, TVector>(WorkerPool pool, bool transposeB, in SkinnyGemmOperands operands)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        if (transposeB)
        {
            SkinnyGemmDots<TLanes, TVector>.Run(pool, operands);
        }
        else
        {
            SkinnyGemmSums<TLanes, TVector>.Run(pool, operands);
        }
    }
}
