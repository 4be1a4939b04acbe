namespace Cnn.Layers.Kernels;

/// <summary>
/// The specification of <see cref="Product"/>: C[i, j] = bias + sum over p of op(A)[i, p] op(B)[p, j].
/// </summary>
internal static unsafe class ProductReference
{
    /// <summary>See <see cref="Product.Run"/>; sums in double precision.</summary>
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
        AddTo addTo = AddTo.Nothing,
        float* bias = null)
    {
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = addTo switch
                {
                    AddTo.Existing => c[((long)i * ldc) + j],
                    AddTo.RowBias => bias[i],
                    AddTo.ColumnBias => bias[j],
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
