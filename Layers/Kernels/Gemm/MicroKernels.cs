using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// The micro-kernels of this process. A micro-kernel computes a tile C[rows, columns] = A B + addend from a packed
/// panel of A (one value a row for each k, the values of successive k a given step apart) and a packed panel of B (one
/// value a column for each k, 64-byte aligned). The columns are one or two vectors. The addend is C itself or a bias:
/// none if null, else one value a row, or one row of values a row of the tile, a stride apart (a stride of 0 repeats
/// one row).
/// </summary>
/// <remarks>
/// The letters are those of the field: M, N, K are the sizes of the GEMM, mr and nr the rows and columns of a tile,
/// lda, ldb, ldc the distances from one stored row to the next.
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

    /// <summary>Columns of a wide tile, nr: two vectors.</summary>
    public static int Columns => 2 * Width;

    /// <summary>Rows of the tallest tile.</summary>
    public static int MaxRows { get; }

    /// <summary>Returns the micro-kernel for a tile of the given rows and of one or two vectors.</summary>
    public static delegate*<nint, float*, nint, float*, float*, nint, float*, nint, bool, void> For(
        int rows, int vectors) =>
        Table[(2 * rows) + vectors - 3];

    /// <summary>
    /// Returns the height mr of the panels for <paramref name="m"/> rows: as few panels as possible, of the same
    /// height except the last, so that none is left with a row or two.
    /// </summary>
    public static int PanelRows(int m)
    {
        int panels = (m + MaxRows - 1) / MaxRows;
        return panels == 0 ? 1 : (m + panels - 1) / panels;
    }

    // The micro-kernels with more rows than the tallest tile are in the table, but never run and so never compiled.
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
