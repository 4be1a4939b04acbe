namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// The scalar micro-kernel, for machines without vectors: computes tiles of up to 4 rows by 8 columns.
/// </summary>
internal static unsafe class MicroKernelScalar
{
    /// <summary>Columns of a narrow tile.</summary>
    public const int Width = 4;

    /// <summary>Rows of the tallest tile.</summary>
    public const int MaxRows = 4;

    /// <summary>Computes a tile; see <see cref="MicroKernels"/>.</summary>
    public static void Run<TRows, TVectors>(
        nint k, float* a, nint aStep, float* b, float* c, nint ldc, float* add, nint addStride, bool addPerRow)
        where TRows : struct, IConstant
        where TVectors : struct, IConstant
    {
        int columns = TVectors.Value * Width;
        for (int i = 0; i < TRows.Value; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                float sum = 0;
                for (nint p = 0; p < k; p++)
                {
                    sum += a[(p * aStep) + i] * b[(p * columns) + j];
                }

                float addend = add == null ? 0 : addPerRow ? add[i] : add[(i * addStride) + j];
                c[(i * ldc) + j] = sum + addend;
            }
        }
    }
}
