namespace Cnn.Layers.Kernels.Gemm;

/// <summary>The addend of a GEMM: C = op(A) op(B) + addend.</summary>
internal enum GemmAddend
{
    /// <summary>No addend: C is overwritten, whatever it holds.</summary>
    Nothing,

    /// <summary>The existing values of C.</summary>
    Existing,

    /// <summary>A bias with one value for each row.</summary>
    RowBias,

    /// <summary>A bias with one value for each column.</summary>
    ColumnBias,
}
