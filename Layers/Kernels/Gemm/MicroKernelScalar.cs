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
    public static void Run<TRows, TVectors, TTaps>(GemmTile* tile)
        where TRows : struct, IConstant
        where TVectors : struct, IConstant
        where TTaps : struct, IConstant
    {
        int columns = TVectors.Value * Width;
        for (int i = 0; i < TRows.Value; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                float sum = 0;
                for (nint p = 0; p < tile->K; p++)
                {
                    nint at = TTaps.Value > 0 ? tile->Taps[p] : p * tile->AStep;
                    sum += tile->A[at + i] * tile->B[(p * tile->BStep) + j];
                }

                sum += tile->Add == null ? 0
                    : tile->AddPerRow ? tile->Add[i]
                    : tile->Add[(i * tile->AddStride) + j];
                if (tile->Rectifier != null)
                {
                    sum = sum > 0 ? sum : (sum * tile->Rectifier->Slope) + 0f;
                    sum = sum > tile->Rectifier->Ceiling ? tile->Rectifier->Ceiling : sum;
                }

                tile->C[(i * tile->Ldc) + j] = sum;
            }
        }
    }
}
