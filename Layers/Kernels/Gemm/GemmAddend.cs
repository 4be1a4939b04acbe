namespace Cnn.Layers.Kernels.Gemm;

/// <summary>What a product is added to.</summary>
internal enum GemmAddend
{
    /// <summary>Nothing: C is overwritten, whatever it holds.</summary>
    Nothing,

    /// <summary>What C holds.</summary>
    Existing,

    /// <summary>A value for each row.</summary>
    RowBias,

    /// <summary>A value for each column.</summary>
    ColumnBias,
}
