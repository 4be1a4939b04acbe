using System.Runtime.Intrinsics;
using unsafe TileKernel = delegate*<Cnn.Layers.Kernels.Gemm.GemmTile*, void>;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// The micro-kernels of this process: one for each number of rows, of one vector of columns or two.
/// </summary>
/// <remarks>
/// The letters are those of the field: M, N, K are the sizes of the GEMM, mr and nr the rows and columns of a tile,
/// lda, ldb, ldc the distances from one stored row to the next.
/// </remarks>
internal static unsafe class MicroKernels
{
    private const int Tiles = 28;
    private static readonly TileKernel[] Table = new TileKernel[Tiles];
    private static readonly TileKernel[] TapsTable = new TileKernel[Tiles];

    static MicroKernels()
    {
        switch (VectorUnit.Path)
        {
            case VectorPath.Avx512:
                (Width, MaxRows) = Fill<Lanes512, Vector512<float>, Zero>(Table);
                Fill<Lanes512, Vector512<float>, One>(TapsTable);
                break;
            case VectorPath.Avx2:
                (Width, MaxRows) = Fill<Lanes256, Vector256<float>, Zero>(Table);
                Fill<Lanes256, Vector256<float>, One>(TapsTable);
                break;
            case VectorPath.Vector128:
                (Width, MaxRows) = Fill<Lanes128, Vector128<float>, Zero>(Table);
                Fill<Lanes128, Vector128<float>, One>(TapsTable);
                break;
            default:
                (Width, MaxRows) = FillScalar<Zero>(Table);
                FillScalar<One>(TapsTable);
                break;
        }
    }

    /// <summary>Floats in a vector: the columns of a narrow tile.</summary>
    public static int Width { get; }

    /// <summary>Columns of a wide tile, nr: two vectors.</summary>
    public static int Columns => 2 * Width;

    /// <summary>Rows of the tallest tile.</summary>
    public static int MaxRows { get; }

    /// <summary>
    /// Returns the micro-kernel for a tile of the given rows and of one or two vectors, which steps through A.
    /// </summary>
    public static TileKernel For(int rows, int vectors) => Table[(2 * rows) + vectors - 3];

    /// <summary>As <see cref="For"/>, for an A whose value for k is at an offset from a table.</summary>
    public static TileKernel ForTaps(int rows, int vectors) => TapsTable[(2 * rows) + vectors - 3];

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
    private static (int Width, int MaxRows) Fill<TLanes, TVector, TTaps>(TileKernel[] table)
        where TLanes : ILanes<TVector>
        where TVector : struct
        where TTaps : struct, IConstant
    {
        table[0] = &MicroKernel<TLanes, TVector>.Run<One, One, TTaps>;
        table[1] = &MicroKernel<TLanes, TVector>.Run<One, Two, TTaps>;
        table[2] = &MicroKernel<TLanes, TVector>.Run<Two, One, TTaps>;
        table[3] = &MicroKernel<TLanes, TVector>.Run<Two, Two, TTaps>;
        table[4] = &MicroKernel<TLanes, TVector>.Run<Three, One, TTaps>;
        table[5] = &MicroKernel<TLanes, TVector>.Run<Three, Two, TTaps>;
        table[6] = &MicroKernel<TLanes, TVector>.Run<Four, One, TTaps>;
        table[7] = &MicroKernel<TLanes, TVector>.Run<Four, Two, TTaps>;
        table[8] = &MicroKernel<TLanes, TVector>.Run<Five, One, TTaps>;
        table[9] = &MicroKernel<TLanes, TVector>.Run<Five, Two, TTaps>;
        table[10] = &MicroKernel<TLanes, TVector>.Run<Six, One, TTaps>;
        table[11] = &MicroKernel<TLanes, TVector>.Run<Six, Two, TTaps>;
        table[12] = &MicroKernel<TLanes, TVector>.Run<Seven, One, TTaps>;
        table[13] = &MicroKernel<TLanes, TVector>.Run<Seven, Two, TTaps>;
        table[14] = &MicroKernel<TLanes, TVector>.Run<Eight, One, TTaps>;
        table[15] = &MicroKernel<TLanes, TVector>.Run<Eight, Two, TTaps>;
        table[16] = &MicroKernel<TLanes, TVector>.Run<Nine, One, TTaps>;
        table[17] = &MicroKernel<TLanes, TVector>.Run<Nine, Two, TTaps>;
        table[18] = &MicroKernel<TLanes, TVector>.Run<Ten, One, TTaps>;
        table[19] = &MicroKernel<TLanes, TVector>.Run<Ten, Two, TTaps>;
        table[20] = &MicroKernel<TLanes, TVector>.Run<Eleven, One, TTaps>;
        table[21] = &MicroKernel<TLanes, TVector>.Run<Eleven, Two, TTaps>;
        table[22] = &MicroKernel<TLanes, TVector>.Run<Twelve, One, TTaps>;
        table[23] = &MicroKernel<TLanes, TVector>.Run<Twelve, Two, TTaps>;
        table[24] = &MicroKernel<TLanes, TVector>.Run<Thirteen, One, TTaps>;
        table[25] = &MicroKernel<TLanes, TVector>.Run<Thirteen, Two, TTaps>;
        table[26] = &MicroKernel<TLanes, TVector>.Run<Fourteen, One, TTaps>;
        table[27] = &MicroKernel<TLanes, TVector>.Run<Fourteen, Two, TTaps>;
        return (TLanes.Width, MicroKernel<TLanes, TVector>.MaxRows);
    }

    private static (int Width, int MaxRows) FillScalar<TTaps>(TileKernel[] table)
        where TTaps : struct, IConstant
    {
        table[0] = &MicroKernelScalar.Run<One, One, TTaps>;
        table[1] = &MicroKernelScalar.Run<One, Two, TTaps>;
        table[2] = &MicroKernelScalar.Run<Two, One, TTaps>;
        table[3] = &MicroKernelScalar.Run<Two, Two, TTaps>;
        table[4] = &MicroKernelScalar.Run<Three, One, TTaps>;
        table[5] = &MicroKernelScalar.Run<Three, Two, TTaps>;
        table[6] = &MicroKernelScalar.Run<Four, One, TTaps>;
        table[7] = &MicroKernelScalar.Run<Four, Two, TTaps>;
        return (MicroKernelScalar.Width, MicroKernelScalar.MaxRows);
    }
}
