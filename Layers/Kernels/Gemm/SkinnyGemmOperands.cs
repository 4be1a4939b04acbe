namespace Cnn.Layers.Kernels.Gemm;

/// <summary>The operands of a GEMM with few rows, named as in <see cref="GemmKernel.Run"/>.</summary>
internal unsafe struct SkinnyGemmOperands
{
    public int M, N, K, Lda, Ldb, Ldc;
    public float* A, B, C, Bias;
    public GemmAddend AddTo;

    /// <summary>
    /// Fills a block with the initial values of the sums: the addend for all rows of C and some columns. The rows of
    /// the block are <paramref name="width"/> floats apart.
    /// </summary>
    public readonly void Start(float* block, int width, int column, int columns)
    {
        for (int i = 0; i < M; i++)
        {
            var to = new Span<float>(block + ((nint)i * width), columns);
            switch (AddTo)
            {
                case GemmAddend.Existing:
                    RowOfC(i, column, columns).CopyTo(to);
                    break;
                case GemmAddend.RowBias:
                    to.Fill(Bias[i]);
                    break;
                case GemmAddend.ColumnBias:
                    new ReadOnlySpan<float>(Bias + column, columns).CopyTo(to);
                    break;
                default:
                    to.Clear();
                    break;
            }
        }
    }

    /// <summary>Copies a block of finished sums to C; see <see cref="Start"/>.</summary>
    public readonly void Finish(float* block, int width, int column, int columns)
    {
        for (int i = 0; i < M; i++)
        {
            new ReadOnlySpan<float>(block + ((nint)i * width), columns).CopyTo(RowOfC(i, column, columns));
        }
    }

    private readonly Span<float> RowOfC(int row, int column, int columns) =>
        new(C + ((nint)row * Ldc) + column, columns);
}
