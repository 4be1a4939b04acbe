namespace Cnn.Layers.Kernels;

/// <summary>
/// The micro-kernels of this process: a tile C[rows, columns] = A B + addend, from a packed panel of A (rows values for
/// each k, and the next at a step) and a packed panel of B (columns values for each k, 64-byte aligned). The columns are one
/// or two vectors.
/// The addend is C itself or a bias: nothing where null, else a value a row, or a vector at each row's stride (0
/// repeats one row).
/// </summary>
/// <remarks>
/// The letters of the field: M, N, K are the sizes of the product, mr the rows and nr the columns of a tile, lda, ldb,
/// ldc the distance from one stored row to the next.
/// </remarks>
internal static unsafe class TileKernels
{
    private static readonly delegate*<nint, float*, nint, float*, float*, nint, float*, nint, bool, void>[] Table =
        new delegate*<nint, float*, nint, float*, float*, nint, float*, nint, bool, void>[28];

    static TileKernels()
    {
        (Width, MaxRows) = VectorUnit.Path switch
        {
            VectorPath.Avx512 => (TileKernel512.Width, TileKernel512.MaxRows),
            VectorPath.Avx2 => (TileKernel256.Width, TileKernel256.MaxRows),
            VectorPath.Vector128 => (TileKernel128.Width, TileKernel128.MaxRows),
            _ => (TileKernelScalar.Width, TileKernelScalar.MaxRows),
        };
        switch (VectorUnit.Path)
        {
            case VectorPath.Avx512:
                Fill512(Table);
                break;
            case VectorPath.Avx2:
                Fill256(Table);
                break;
            case VectorPath.Vector128:
                Fill128(Table);
                break;
            default:
                FillScalar(Table);
                break;
        }
    }

    /// <summary>Floats in a vector: the columns of a narrow tile.</summary>
    public static int Width { get; }

    /// <summary>The columns of a wide tile, nr: two vectors.</summary>
    public static int Columns => 2 * Width;

    /// <summary>The tallest tile.</summary>
    public static int MaxRows { get; }

    /// <summary>The micro-kernel for a tile of so many rows and of one or two vectors.</summary>
    public static delegate*<nint, float*, nint, float*, float*, nint, float*, nint, bool, void> For(int rows, int vectors) =>
        Table[(2 * rows) + vectors - 3];

    /// <summary>
    /// The height mr of the panels for so many rows: as few panels as can be, of the same height save the last, so that
    /// none is left with a row or two.
    /// </summary>
    public static int PanelRows(int m)
    {
        int panels = (m + MaxRows - 1) / MaxRows;
        return panels == 0 ? 1 : (m + panels - 1) / panels;
    }

    private static void Fill512(delegate*<nint, float*, nint, float*, float*, nint, float*, nint, bool, void>[] table)
    {
        table[0] = &TileKernel512.Run<One, One>;
        table[1] = &TileKernel512.Run<One, Two>;
        table[2] = &TileKernel512.Run<Two, One>;
        table[3] = &TileKernel512.Run<Two, Two>;
        table[4] = &TileKernel512.Run<Three, One>;
        table[5] = &TileKernel512.Run<Three, Two>;
        table[6] = &TileKernel512.Run<Four, One>;
        table[7] = &TileKernel512.Run<Four, Two>;
        table[8] = &TileKernel512.Run<Five, One>;
        table[9] = &TileKernel512.Run<Five, Two>;
        table[10] = &TileKernel512.Run<Six, One>;
        table[11] = &TileKernel512.Run<Six, Two>;
        table[12] = &TileKernel512.Run<Seven, One>;
        table[13] = &TileKernel512.Run<Seven, Two>;
        table[14] = &TileKernel512.Run<Eight, One>;
        table[15] = &TileKernel512.Run<Eight, Two>;
        table[16] = &TileKernel512.Run<Nine, One>;
        table[17] = &TileKernel512.Run<Nine, Two>;
        table[18] = &TileKernel512.Run<Ten, One>;
        table[19] = &TileKernel512.Run<Ten, Two>;
        table[20] = &TileKernel512.Run<Eleven, One>;
        table[21] = &TileKernel512.Run<Eleven, Two>;
        table[22] = &TileKernel512.Run<Twelve, One>;
        table[23] = &TileKernel512.Run<Twelve, Two>;
        table[24] = &TileKernel512.Run<Thirteen, One>;
        table[25] = &TileKernel512.Run<Thirteen, Two>;
        table[26] = &TileKernel512.Run<Fourteen, One>;
        table[27] = &TileKernel512.Run<Fourteen, Two>;
    }

    private static void Fill256(delegate*<nint, float*, nint, float*, float*, nint, float*, nint, bool, void>[] table)
    {
        table[0] = &TileKernel256.Run<One, One>;
        table[1] = &TileKernel256.Run<One, Two>;
        table[2] = &TileKernel256.Run<Two, One>;
        table[3] = &TileKernel256.Run<Two, Two>;
        table[4] = &TileKernel256.Run<Three, One>;
        table[5] = &TileKernel256.Run<Three, Two>;
        table[6] = &TileKernel256.Run<Four, One>;
        table[7] = &TileKernel256.Run<Four, Two>;
        table[8] = &TileKernel256.Run<Five, One>;
        table[9] = &TileKernel256.Run<Five, Two>;
        table[10] = &TileKernel256.Run<Six, One>;
        table[11] = &TileKernel256.Run<Six, Two>;
    }

    private static void Fill128(delegate*<nint, float*, nint, float*, float*, nint, float*, nint, bool, void>[] table)
    {
        table[0] = &TileKernel128.Run<One, One>;
        table[1] = &TileKernel128.Run<One, Two>;
        table[2] = &TileKernel128.Run<Two, One>;
        table[3] = &TileKernel128.Run<Two, Two>;
        table[4] = &TileKernel128.Run<Three, One>;
        table[5] = &TileKernel128.Run<Three, Two>;
        table[6] = &TileKernel128.Run<Four, One>;
        table[7] = &TileKernel128.Run<Four, Two>;
    }

    private static void FillScalar(delegate*<nint, float*, nint, float*, float*, nint, float*, nint, bool, void>[] table)
    {
        table[0] = &TileKernelScalar.Run<One, One>;
        table[1] = &TileKernelScalar.Run<One, Two>;
        table[2] = &TileKernelScalar.Run<Two, One>;
        table[3] = &TileKernelScalar.Run<Two, Two>;
        table[4] = &TileKernelScalar.Run<Three, One>;
        table[5] = &TileKernelScalar.Run<Three, Two>;
        table[6] = &TileKernelScalar.Run<Four, One>;
        table[7] = &TileKernelScalar.Run<Four, Two>;
    }
}
