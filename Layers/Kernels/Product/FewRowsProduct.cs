namespace Cnn.Layers.Kernels;

/// <summary>The operands of a product with a few rows, named as in <see cref="Product.Run"/>.</summary>
internal unsafe struct FewRowsProduct
{
    public int M, N, K, Lda, Ldb, Ldc;
    public float* A, B, C, Bias;
    public AddTo AddTo;

    /// <summary>Writes what the sums of a row of C start from, from a column on.</summary>
    public readonly void Start(int row, int column, Span<float> to)
    {
        switch (AddTo)
        {
            case AddTo.Existing:
                new ReadOnlySpan<float>(C + ((nint)row * Ldc) + column, to.Length).CopyTo(to);
                break;
            case AddTo.RowBias:
                to.Fill(Bias[row]);
                break;
            case AddTo.ColumnBias:
                new ReadOnlySpan<float>(Bias + column, to.Length).CopyTo(to);
                break;
            default:
                to.Clear();
                break;
        }
    }
}
