using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// One block of a GEMM: its operands as stored, the buffers of their packed panels, and the split into parts.
/// </summary>
internal unsafe struct GemmBlock
{
    public int Rows, Columns, Depth, PanelRows, Lda, Ldb, Ldc;
    public int PanelsPerPack, PackPartsOfA, PanelsPerColumnPart, PanelsPerRowPart, ColumnParts;
    public bool TransposeA, TransposeB;
    public GemmAddend AddTo;
    public float* A, B, C, Bias, PackedA, PackedB;
}

/// <summary>First job of a block: packs the panels of A, then those of B.</summary>
internal unsafe struct GemmPacking : IParallelJob
{
    public GemmBlock Block;
    public nint LeftStep, RightStep;

    public void Run(int part, int worker)
    {
        bool left = part < Block.PackPartsOfA;
        int first = (left ? part : part - Block.PackPartsOfA) * Block.PanelsPerPack;
        for (int panel = first; panel < first + Block.PanelsPerPack; panel++)
        {
            if (left)
            {
                PackLeft(panel);
            }
            else
            {
                PackRight(panel);
            }
        }
    }

    private readonly void PackLeft(int panel)
    {
        int row = panel * Block.PanelRows, count = Math.Min(Block.PanelRows, Block.Rows - row);
        float* target = Block.PackedA + (panel * LeftStep);
        if (count > 0 && Block.TransposeA)
        {
            Packing.Copy(Block.A + row, Block.Lda, count, Block.Depth, target, count);
        }
        else if (count > 0)
        {
            Packing.Transpose(Block.A + ((nint)row * Block.Lda), Block.Lda, count, Block.Depth, target, count);
        }
    }

    private readonly void PackRight(int panel)
    {
        int column = panel * MicroKernels.Columns, count = Math.Min(MicroKernels.Columns, Block.Columns - column);
        float* target = Block.PackedB + (panel * RightStep);
        int stride = MicroKernels.Width * PackedGemm.Vectors(count);
        if (count > 0 && Block.TransposeB)
        {
            Packing.Transpose(Block.B + ((nint)column * Block.Ldb), Block.Ldb, count, Block.Depth, target, stride);
        }
        else if (count > 0)
        {
            Packing.Copy(Block.B + column, Block.Ldb, count, Block.Depth, target, stride);
        }
    }
}

/// <summary>Second job of a block: multiplies the panels. A part is some rows by some columns.</summary>
internal unsafe struct GemmTiles : IParallelJob
{
    public GemmBlock Block;
    public nint LeftStep, RightStep;

    public void Run(int part, int worker)
    {
        int rowPanel = part / Block.ColumnParts * Block.PanelsPerRowPart;
        int columnPanel = part % Block.ColumnParts * Block.PanelsPerColumnPart;
        int row = rowPanel * Block.PanelRows, column = columnPanel * MicroKernels.Columns;
        PackedGemm.Run(
            Math.Min(Block.PanelsPerRowPart * Block.PanelRows, Block.Rows - row),
            Math.Min(Block.PanelsPerColumnPart * MicroKernels.Columns, Block.Columns - column),
            Block.Depth,
            Block.PanelRows,
            Block.PackedA + (rowPanel * LeftStep),
            Block.PackedB + (columnPanel * RightStep),
            Block.C + ((nint)row * Block.Ldc) + column,
            Block.Ldc,
            Block.AddTo,
            Block.AddTo == GemmAddend.RowBias ? Block.Bias + row
                : Block.AddTo == GemmAddend.ColumnBias ? Block.Bias + column
                : null);
    }
}
