using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// The micro-kernels of this process: a tile C[rows, columns] = A B + addend, from a packed panel of A (rows values for
/// each k, and the next at a step) and a packed panel of B (columns values for each k, 64-byte aligned). The columns
/// are one or two vectors. The addend is C itself or a bias: nothing where null, else a value a row, or a vector at
/// each row's stride (0 repeats one row).
/// </summary>
/// <remarks>
/// The letters of the field: M, N, K are the sizes of the product, mr the rows and nr the columns of a tile, lda, ldb,
/// ldc the distance from one stored row to the next.
/// </remarks>
internal static unsafe class MicroKernels
{
    private static readonly delegate*<nint, float*, nint, float*, float*, nint, float*, nint, bool, void>[] Table =
        new delegate*<nint, float*, nint, float*, float*, nint, float*, nint, bool, void>[28];

    static MicroKernels()
    {
        switch (VectorUnit.Path)
        {
            case VectorPath.Avx512:
                (Width, MaxRows) = Fill<Lanes512, Vector512<float>>(Table);
                break;
            case VectorPath.Avx2:
                (Width, MaxRows) = Fill<Lanes256, Vector256<float>>(Table);
                break;
            case VectorPath.Vector128:
                (Width, MaxRows) = Fill<Lanes128, Vector128<float>>(Table);
                break;
            default:
                (Width, MaxRows) = FillScalar(Table);
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
    public static delegate*<nint, float*, nint, float*, float*, nint, float*, nint, bool, void> For(
        int rows, int vectors) =>
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

    // Those of more rows than the tallest tile are there but never asked for, and so never compiled.
    private static (int Width, int MaxRows) Fill<TLanes, TVector>(
        delegate*<nint, float*, nint, float*, float*, nint, float*, nint, bool, void>[] table)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        table[0] = &MicroKernel<TLanes, TVector>.Run<One, One>;
        table[1] = &MicroKernel<TLanes, TVector>.Run<One, Two>;
        table[2] = &MicroKernel<TLanes, TVector>.Run<Two, One>;
        table[3] = &MicroKernel<TLanes, TVector>.Run<Two, Two>;
        table[4] = &MicroKernel<TLanes, TVector>.Run<Three, One>;
        table[5] = &MicroKernel<TLanes, TVector>.Run<Three, Two>;
        table[6] = &MicroKernel<TLanes, TVector>.Run<Four, One>;
        table[7] = &MicroKernel<TLanes, TVector>.Run<Four, Two>;
        table[8] = &MicroKernel<TLanes, TVector>.Run<Five, One>;
        table[9] = &MicroKernel<TLanes, TVector>.Run<Five, Two>;
        table[10] = &MicroKernel<TLanes, TVector>.Run<Six, One>;
        table[11] = &MicroKernel<TLanes, TVector>.Run<Six, Two>;
        table[12] = &MicroKernel<TLanes, TVector>.Run<Seven, One>;
        table[13] = &MicroKernel<TLanes, TVector>.Run<Seven, Two>;
        table[14] = &MicroKernel<TLanes, TVector>.Run<Eight, One>;
        table[15] = &MicroKernel<TLanes, TVector>.Run<Eight, Two>;
        table[16] = &MicroKernel<TLanes, TVector>.Run<Nine, One>;
        table[17] = &MicroKernel<TLanes, TVector>.Run<Nine, Two>;
        table[18] = &MicroKernel<TLanes, TVector>.Run<Ten, One>;
        table[19] = &MicroKernel<TLanes, TVector>.Run<Ten, Two>;
        table[20] = &MicroKernel<TLanes, TVector>.Run<Eleven, One>;
        table[21] = &MicroKernel<TLanes, TVector>.Run<Eleven, Two>;
        table[22] = &MicroKernel<TLanes, TVector>.Run<Twelve, One>;
        table[23] = &MicroKernel<TLanes, TVector>.Run<Twelve, Two>;
        table[24] = &MicroKernel<TLanes, TVector>.Run<Thirteen, One>;
        table[25] = &MicroKernel<TLanes, TVector>.Run<Thirteen, Two>;
        table[26] = &MicroKernel<TLanes, TVector>.Run<Fourteen, One>;
        table[27] = &MicroKernel<TLanes, TVector>.Run<Fourteen, Two>;
        return (TLanes.Width, MicroKernel<TLanes, TVector>.MaxRows);
    }

    private static (int Width, int MaxRows) FillScalar(
        delegate*<nint, float*, nint, float*, float*, nint, float*, nint, bool, void>[] table)
    {
        table[0] = &MicroKernelScalar.Run<One, One>;
        table[1] = &MicroKernelScalar.Run<One, Two>;
        table[2] = &MicroKernelScalar.Run<Two, One>;
        table[3] = &MicroKernelScalar.Run<Two, Two>;
        table[4] = &MicroKernelScalar.Run<Three, One>;
        table[5] = &MicroKernelScalar.Run<Three, Two>;
        table[6] = &MicroKernelScalar.Run<Four, One>;
        table[7] = &MicroKernelScalar.Run<Four, Two>;
        return (MicroKernelScalar.Width, MicroKernelScalar.MaxRows);
    }
}
