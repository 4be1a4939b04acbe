using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>GEMM over packed panels: the inner loops of every blocked GEMM and convolution.</summary>
internal static unsafe class PackedGemm
{
    /// <summary>
    /// The most values of k in a panel: with the tallest tile a panel of A takes 21 KiB, two thirds of a 32 KiB
    /// first-level cache, and stays there while panels of B stream in from the second level.
    /// </summary>
    public const int MaxDepth = 384;

    /// <summary>
    /// The most floats of B in a block of panels, 256 KiB: they stay in the second-level cache while all panels of A
    /// are read.
    /// </summary>
    public const int BlockFloats = 64 * 1024;

    // Panels of A are read in order, but the machine fetches ahead only as far as the end of a page.
    private const int FloatsAhead = 1024;

    /// <summary>
    /// Returns the depth of the blocks that k is split into: equal depths, multiples of 4, of at most
    /// <paramref name="most"/>, itself a multiple of 4.
    /// </summary>
    public static int Depth(int k, int most = MaxDepth)
    {
        int blocks = Math.Max(1, (k + most - 1) / most);
        return ((((k + blocks - 1) / blocks) + 3) & ~3) is var depth and > 0 ? depth : 4;
    }

    /// <summary>
    /// Returns the floats from one packed panel of B to the next. The last panel may be narrower but takes as many.
    /// </summary>
    public static nint RightPanelSize(int k) => (nint)MicroKernels.Columns * k;

    /// <summary>Returns the vectors of a panel that holds <paramref name="columns"/> columns: 1 or 2.</summary>
    public static int Vectors(int columns) => columns > MicroKernels.Width ? 2 : 1;

    /// <summary>Computes C[m, n] = A B + addend from panels packed by <see cref="Packing"/>.</summary>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">Columns of A, rows of B.</param>
    /// <param name="mr">Height of A's panels.</param>
    /// <param name="a">Panels of A, <see cref="Packing.PanelSize"/> apart.</param>
    /// <param name="b">Panels of B, <see cref="RightPanelSize"/> apart.</param>
    /// <param name="c">The first value of C.</param>
    /// <param name="ldc">Floats from one row of C to the next.</param>
    /// <param name="addTo">The addend.</param>
    /// <param name="bias">The bias of the first row or column, if <paramref name="addTo"/> is a bias.</param>
    /// <param name="width">Floats that each k takes in a panel of A; 0 for as many as the panel has rows.</param>
    [SkipLocalsInit]
    public static void Run(
        int m, int n, int k, int mr, float* a, float* b, float* c, nint ldc, GemmAddend addTo, float* bias,
        int width = 0)
    {
        GemmGuard.Panels(m, n, k, mr, b, ldc, addTo, bias);
        int nr = MicroKernels.Columns;
        nint aStep = Packing.PanelSize(width > 0 ? width : mr, k), bStep = RightPanelSize(k);
        float* edge = stackalloc float[MicroKernels.MaxRows * nr];
        GemmTile tile = new() { K = k, A = a };
        bool perRow = addTo == GemmAddend.RowBias;
        for (int i = 0; i < m; i += mr, tile.A += aStep)
        {
            int rows = Math.Min(mr, m - i);
            tile.AStep = width > 0 ? width : rows;
            tile.B = b;
            tile.Next = tile.A + FloatsAhead;
            tile.NextStep = tile.AStep;
            var wide = MicroKernels.For(rows, 2);
            for (int j = 0; j < n; j += nr, tile.B += bStep)
            {
                int columns = Math.Min(nr, n - j);
                float* corner = c + (i * ldc) + j;
                var (add, stride) = addTo switch
                {
                    GemmAddend.Existing => ((nint)corner, ldc),
                    GemmAddend.RowBias => ((nint)(bias + i), (nint)0),
                    GemmAddend.ColumnBias => ((nint)(bias + j), (nint)0),
                    _ => (0, 0),
                };
                bool isWhole = columns % MicroKernels.Width == 0;
                tile.BStep = Vectors(columns) * MicroKernels.Width;
                tile.C = isWhole ? corner : edge;
                tile.Ldc = isWhole ? ldc : nr;
                tile.Add = isWhole ? (float*)add : null;
                (tile.AddStride, tile.AddPerRow) = (stride, perRow);
                var kernel = columns == nr ? wide : MicroKernels.For(rows, Vectors(columns));
                kernel(&tile);
                if (!isWhole)
                {
                    Merge(rows, columns, edge, corner, ldc, (float*)add, stride, perRow);
                }
            }
        }
    }

    // Copies a tile at the right edge to C without touching memory beside C.
    private static void Merge(
        int rows, int columns, float* tile, float* c, nint ldc, float* add, nint stride, bool perRow)
    {
        switch (VectorUnit.Path)
        {
            case VectorPath.Avx512:
                Merge<Lanes512, Vector512<float>>(rows, columns, tile, c, ldc, add, stride, perRow);
                break;
            case VectorPath.Avx2:
                Merge<Lanes256, Vector256<float>>(rows, columns, tile, c, ldc, add, stride, perRow);
                break;
            default:
                Merge<Lanes128, Vector128<float>>(rows, columns, tile, c, ldc, add, stride, perRow);
                break;
        }
    }

    private static void Merge<TLanes, TVector>(
        int rows, int columns, float* tile, float* c, nint ldc, float* add, nint stride, bool perRow)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        int nr = 2 * TLanes.Width;
        for (int j = 0; j < columns; j += TLanes.Width)
        {
            for (int i = 0; i < rows; i++)
            {
                TVector sum = TLanes.Load(tile + (i * nr) + j);
                if (add != null)
                {
                    sum = TLanes.Add(
                        sum, perRow ? TLanes.All(add[i]) : TLanes.Load(add + (i * stride) + j, columns - j));
                }

                TLanes.Store(sum, c + (i * ldc) + j, columns - j);
            }
        }
    }
}
