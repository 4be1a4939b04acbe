namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// The specification of <see cref="GemmKernel"/>: C[i, j] = bias + sum over p of op(A)[i, p] op(B)[p, j].
/// </summary>
internal static unsafe class GemmReference
{
    /// <summary>Computes the GEMM of <see cref="GemmKernel.Run"/>, summing in double precision.</summary>
    public static void Run(
        bool transposeA,
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
        GemmAddend addTo = GemmAddend.Nothing,
        float* bias = null)
    {
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = addTo switch
                {
                    GemmAddend.Existing => c[((long)i * ldc) + j],
                    GemmAddend.RowBias => bias[i],
                    GemmAddend.ColumnBias => bias[j],
                    _ => 0,
                };
                for (int p = 0; p < k; p++)
                {
                    float left = transposeA ? a[((long)p * lda) + i] : a[((long)i * lda) + p];
                    float right = transposeB ? b[((long)j * ldb) + p] : b[((long)p * ldb) + j];
                    sum += (double)left * right;
                }

                c[((long)i * ldc) + j] = (float)sum;
            }
        }
    }
}
