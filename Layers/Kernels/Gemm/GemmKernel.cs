using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// Single-precision GEMM over row-major matrices, after Goto and van de Geijn, "Anatomy of high-performance matrix
/// multiplication" (ACM TOMS 34, 2008): blocks of both operands are packed into panels that fit the caches and the
/// registers, then multiplied tile by tile. The result is bit-identical on any number of threads. A part of a job must
/// not call it.
/// </summary>
internal static unsafe class GemmKernel
{
    /// <summary>
    /// The most floats that the shared packed panels of one operand take: 8 MiB, within a third-level cache.
    /// </summary>
    internal const int SharedFloats = 2 * 1024 * 1024;

    // Below about 4 microseconds of multiply-adds, or of copying, a part of a job is not worth dispatching.
    private const long WorthwhileOperations = 400_000;
    private const long WorthwhileFloats = 8_000;

    /// <summary>
    /// Computes C[m, n] = op(A)[m, k] op(B)[k, n] + addend, where op transposes an operand if its flag is set.
    /// </summary>
    /// <param name="pool">The threads.</param>
    /// <param name="transposeA">Whether A is stored as [k, m].</param>
    /// <param name="transposeB">Whether B is stored as [n, k].</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="a">The left operand.</param>
    /// <param name="lda">Floats from one stored row of A to the next.</param>
    /// <param name="b">The right operand.</param>
    /// <param name="ldb">Floats from one stored row of B to the next.</param>
    /// <param name="c">The result; overlaps neither operand.</param>
    /// <param name="ldc">Floats from one row of C to the next.</param>
    /// <param name="addTo">The addend.</param>
    /// <param name="bias">
    /// m values for <see cref="GemmAddend.RowBias"/>, n values for <see cref="GemmAddend.ColumnBias"/>.
    /// </param>
    public static void Run(
        WorkerPool pool,
        bool transposeA,
        bool transposeB,
        int m,
        int n,
        int k,
        float* a,
        int lda,
        float* b,
        int ldb,
        float* c,
        int ldc,
        GemmAddend addTo = GemmAddend.Nothing,
        float* bias = null)
    {
        GemmGuard.Gemm(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, addTo, bias);
        if (m <= 0 || n <= 0)
        {
            return;
        }

        if (SkinnyGemm.Fits(transposeA, m, n, k))
        {
            SkinnyGemm.Run(pool, transposeB, m, n, k, a, lda, b, ldb, c, ldc, addTo, bias);
            return;
        }

        if (Gemv.Fits(m, n, transposeA, transposeB, ldb, ldc))
        {
            Gemv.Run(pool, transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, addTo, bias);
            return;
        }

        int depth = PackedGemm.Depth(k), nr = MicroKernels.Columns;
        int nBlock = Math.Min(n, Math.Max(nr, SharedFloats / depth / nr * nr));
        int mr = MicroKernels.PanelRows(m), mBlock = Math.Min(m, Math.Max(mr, SharedFloats / depth / mr * mr));
        for (int j = 0; j < n; j += nBlock)
        {
            for (int i = 0; i < m; i += mBlock)
            {
                for (int p = 0; p < Math.Max(k, 1); p += depth)
                {
                    var block = new GemmBlock
                    {
                        Rows = Math.Min(mBlock, m - i),
                        Columns = Math.Min(nBlock, n - j),
                        Depth = Math.Min(depth, k - p),
                        PanelRows = mr,
                        TransposeA = transposeA,
                        TransposeB = transposeB,
                        A = a + (transposeA ? ((nint)p * lda) + i : ((nint)i * lda) + p),
                        Lda = lda,
                        B = b + (transposeB ? ((nint)j * ldb) + p : ((nint)p * ldb) + j),
                        Ldb = ldb,
                        C = c + ((nint)i * ldc) + j,
                        Ldc = ldc,
                        AddTo = p == 0 ? addTo : GemmAddend.Existing,
                        Bias = addTo == GemmAddend.RowBias ? bias + i
                            : addTo == GemmAddend.ColumnBias ? bias + j
                            : null,
                    };
                    RunBlock(pool, ref block);
                }
            }
        }
    }

    private static void RunBlock(WorkerPool pool, ref GemmBlock block)
    {
        int aPanels = (block.Rows + block.PanelRows - 1) / block.PanelRows;
        int bPanels = (block.Columns + MicroKernels.Columns - 1) / MicroKernels.Columns;
        nint aStep = Packing.PanelSize(block.PanelRows, block.Depth), bStep = PackedGemm.RightPanelSize(block.Depth);
        block.PackedA = pool.Scratch(0, ScratchSlot.SharedLeftPanels, aPanels * aStep);
        block.PackedB = pool.Scratch(0, ScratchSlot.SharedRightPanels, bPanels * bStep);

        long panelFloats = (long)block.Depth * MicroKernels.Columns;
        block.PanelsPerPack = (int)Math.Clamp(WorthwhileFloats / Math.Max(1, panelFloats), 1, 64);
        block.PackPartsOfA = (aPanels + block.PanelsPerPack - 1) / block.PanelsPerPack;
        int packParts = block.PackPartsOfA + ((bPanels + block.PanelsPerPack - 1) / block.PanelsPerPack);

        // A part takes as many panels of B as the second-level cache holds, split evenly, and as few panels of A as
        // make it worthwhile, so that there are enough parts for many threads.
        int widest = (int)Math.Clamp(PackedGemm.BlockFloats / Math.Max(1, panelFloats), 1, bPanels);
        int columnParts = (bPanels + widest - 1) / widest;
        block.PanelsPerColumnPart = (bPanels + columnParts - 1) / columnParts;
        long operations = 2 * panelFloats * block.PanelsPerColumnPart * block.PanelRows;
        block.PanelsPerRowPart = (int)Math.Clamp(
            Math.Max(WorthwhileOperations / Math.Max(1, operations), (aPanels + 7) / 8), 1, aPanels);
        block.ColumnParts = (bPanels + block.PanelsPerColumnPart - 1) / block.PanelsPerColumnPart;
        int rowParts = (aPanels + block.PanelsPerRowPart - 1) / block.PanelsPerRowPart;

        var pack = new GemmPacking { Block = block, LeftStep = aStep, RightStep = bStep };
        pool.Run(packParts, ref pack);
        var multiply = new GemmTiles { Block = block, LeftStep = aStep, RightStep = bStep };
        pool.Run(rowParts * block.ColumnParts, ref multiply);
    }
}
