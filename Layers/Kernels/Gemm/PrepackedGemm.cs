using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// A sequence of GEMMs with the same right operand, such as the steps of a recurrent net: its panels are packed once.
/// With few rows, packing costs more than the GEMM itself.
/// </summary>
/// <remarks>
/// A single row goes to <see cref="GemmKernel"/>, which reads the operand as it is stored. So neither the stored nor
/// the packed operand may change between <see cref="Pack"/> and the last <see cref="Run"/>.
/// </remarks>
internal unsafe struct PrepackedGemm
{
    private const long WorthwhileOperations = 400_000;
    private const long WorthwhileFloats = 8_000;

    private readonly bool transposed;
    private readonly int n;
    private readonly int k;
    private readonly int ld;
    private readonly float* stored;
    private readonly float* packed;

    /// <summary>Describes the right operand op(B)[k, n].</summary>
    /// <param name="transposed">Whether B is stored as [n, k].</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="b">B, stored without gaps.</param>
    /// <param name="packed">A buffer of <see cref="PackedSize"/> floats, 64-byte aligned.</param>
    public PrepackedGemm(bool transposed, int n, int k, float* b, float* packed)
    {
        this.transposed = transposed;
        this.n = n;
        this.k = k;
        ld = transposed ? k : n;
        stored = b;
        this.packed = packed;
    }

    /// <summary>Returns the floats that a packed operand takes.</summary>
    public static long PackedSize(int n, int k) =>
        ((long)Panels(n) * MicroKernels.Columns * k) + Packing.Slack;

    /// <summary>Packs the operand, if GEMMs of <paramref name="m"/> rows read it packed.</summary>
    public readonly void Pack(WorkerPool pool, int m)
    {
        if (m < 2)
        {
            return;
        }

        int depth = PackedGemm.Depth(k);
        var job = new PackJob { Operand = this, Depth = depth, Panels = Panels(n) };
        job.PanelsPerPart = (int)Math.Clamp(WorthwhileFloats / ((long)depth * MicroKernels.Columns), 1, job.Panels);
        job.PartsPerBlock = (job.Panels + job.PanelsPerPart - 1) / job.PanelsPerPart;
        pool.Run(job.PartsPerBlock * Blocks(depth), ref job);
    }

    /// <summary>Computes C[m, n] = A[m, k] op(B) + addend, all stored without gaps.</summary>
    public readonly void Run(WorkerPool pool, int m, float* a, float* c, GemmAddend addTo = GemmAddend.Nothing)
    {
        if (m < 2)
        {
            GemmKernel.Run(pool, false, transposed, m, n, k, a, k, stored, ld, c, n, addTo);
            return;
        }

        int depth = PackedGemm.Depth(k), mr = MicroKernels.PanelRows(m), rowPanels = (m + mr - 1) / mr;
        long leftSize = Packing.PanelSize(mr, depth), panelOperations = 2L * m * k * MicroKernels.Columns;
        var left = new LeftJob { A = a, M = m, K = k, Depth = depth, PanelRows = mr, RowPanels = rowPanels };
        left.Packed = pool.Scratch(0, ScratchSlot.SharedLeftPanels, leftSize * rowPanels * Blocks(depth));
        left.PanelsPerPart = (int)Math.Clamp(WorthwhileFloats / Math.Max(1, leftSize), 1, rowPanels * Blocks(depth));
        pool.Run(((rowPanels * Blocks(depth)) + left.PanelsPerPart - 1) / left.PanelsPerPart, ref left);

        int panels = Panels(n);
        var tiles = new TileJob { Operand = this, Left = left, C = c, AddTo = addTo };
        tiles.PanelsPerPart = (int)Math.Clamp(WorthwhileOperations / Math.Max(1, panelOperations), 1, panels);
        pool.Run((panels + tiles.PanelsPerPart - 1) / tiles.PanelsPerPart, ref tiles);
    }

    private static int Panels(int n) => (n + MicroKernels.Columns - 1) / MicroKernels.Columns;

    private readonly int Blocks(int depth) => (k + depth - 1) / depth;

    // In the blocks of k before this one, all panels take their full width.
    private static nint RightOffset(int panels, int p, int panel, int depth) =>
        ((nint)panels * MicroKernels.Columns * p) + (panel * PackedGemm.RightPanelSize(depth));

    private struct PackJob : IParallelJob
    {
        public PrepackedGemm Operand;
        public int Depth, Panels, PanelsPerPart, PartsPerBlock;

        public readonly void Run(int part, int worker)
        {
            int p = part / PartsPerBlock * Depth, depth = Math.Min(Depth, Operand.k - p);
            int first = part % PartsPerBlock * PanelsPerPart, end = Math.Min(Panels, first + PanelsPerPart);
            for (int panel = first; panel < end; panel++)
            {
                int column = panel * MicroKernels.Columns, count = Math.Min(MicroKernels.Columns, Operand.n - column);
                int stride = MicroKernels.Width * PackedGemm.Vectors(count);
                float* target = Operand.packed + RightOffset(Panels, p, panel, depth);
                if (Operand.transposed)
                {
                    float* source = Operand.stored + ((nint)column * Operand.ld) + p;
                    Packing.Transpose(source, Operand.ld, count, depth, target, stride);
                }
                else
                {
                    float* source = Operand.stored + ((nint)p * Operand.ld) + column;
                    Packing.Copy(source, Operand.ld, count, depth, target, stride);
                }
            }
        }
    }

    private struct LeftJob : IParallelJob
    {
        public float* A, Packed;
        public int M, K, Depth, PanelRows, RowPanels, PanelsPerPart;

        public readonly float* Block(int p) =>
            Packed + ((nint)(p / Depth) * RowPanels * Packing.PanelSize(PanelRows, Depth));

        public readonly void Run(int part, int worker)
        {
            int blocks = (K + Depth - 1) / Depth, end = Math.Min(RowPanels * blocks, (part + 1) * PanelsPerPart);
            for (int panel = part * PanelsPerPart; panel < end; panel++)
            {
                int p = panel / RowPanels * Depth, depth = Math.Min(Depth, K - p);
                int row = panel % RowPanels * PanelRows, count = Math.Min(PanelRows, M - row);
                float* target = Block(p) + (panel % RowPanels * Packing.PanelSize(PanelRows, depth));
                Packing.Transpose(A + ((nint)row * K) + p, K, count, depth, target, count);
            }
        }
    }

    private struct TileJob : IParallelJob
    {
        public PrepackedGemm Operand;
        public LeftJob Left;
        public float* C;
        public GemmAddend AddTo;
        public int PanelsPerPart;

        public readonly void Run(int part, int worker)
        {
            int panel = part * PanelsPerPart, column = panel * MicroKernels.Columns, panels = Panels(Operand.n);
            int columns = Math.Min(PanelsPerPart * MicroKernels.Columns, Operand.n - column);
            for (int p = 0; p < Operand.k; p += Left.Depth)
            {
                int depth = Math.Min(Left.Depth, Operand.k - p);
                PackedGemm.Run(
                    Left.M,
                    columns,
                    depth,
                    Left.PanelRows,
                    Left.Block(p),
                    Operand.packed + RightOffset(panels, p, panel, depth),
                    C + column,
                    Operand.n,
                    p == 0 ? AddTo : GemmAddend.Existing,
                    null);
            }
        }
    }
}
