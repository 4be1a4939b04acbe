using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// Computes C = A B' for few rows: each value is the dot product of a row of A and a row of B. A few rows of B at a
/// time are read in long contiguous runs, which suits the memory, and multiplied with the rows of A in tiles of a few
/// rows. A is packed for this: for each vector's width of k, the vectors of the tile's rows follow each other.
/// </summary>
internal unsafe struct SkinnyGemmDots<TLanes, TVector> : IParallelJob
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const int MostColumns = 4;

    // A part's sums are accumulated in rows of this length, so that four can be added at a time: if a tile has three
    // columns, 0 is added to the next tile's first.
    private const int BlockWidth = 8 * MostColumns;

    // The packed rows of A stay in the second-level cache, a tile's rows of A and its rows of B in the first.
    private const int SecondLevelFloats = 64 * 1024;
    private const int FirstLevelFloats = 7 * 1024;

    // A tile's sums, one vector of B for each column and one of A fill the registers: 32 of sixteen lanes, else 16.
    private static int MostRows => TLanes.Width == 16 ? 6 : 4;

    private static int Columns => TLanes.Width == 16 ? MostColumns : 3;

    private static int ColumnsPerPart => 8 * Columns;

    private SkinnyGemmOperands operands;
    private WorkerPool pool;
    private float* packed;
    private int tiles;
    private int paddedK;

    /// <summary>Runs the GEMM.</summary>
    public static void Run(WorkerPool pool, in SkinnyGemmOperands operands)
    {
        int padded = (operands.K + TLanes.Width - 1) / TLanes.Width * TLanes.Width;
        var parts = new SkinnyGemmDots<TLanes, TVector>
        {
            operands = operands,
            pool = pool,
            packed = pool.Scratch(0, ScratchSlot.SharedLeftPanels, (long)operands.M * padded),
            tiles = (operands.M + MostRows - 1) / MostRows,
            paddedK = padded,
        };
        var packing = new Packing { Gemm = parts };
        pool.Run(parts.tiles, ref packing);
        pool.Run((operands.N + ColumnsPerPart - 1) / ColumnsPerPart, ref parts);
    }

    /// <inheritdoc/>
    public readonly void Run(int part, int worker)
    {
        int first = part * ColumnsPerPart, columns = Math.Min(ColumnsPerPart, operands.N - first);
        float* block = pool.Scratch(worker, ScratchSlot.RightPanels, (long)operands.M * BlockWidth);
        operands.Start(block, BlockWidth, first, columns);
        int whole = operands.K / TLanes.Width * TLanes.Width;
        int outer = Math.Max(TLanes.Width, SecondLevelFloats / operands.M / TLanes.Width * TLanes.Width);
        for (int p = 0; p < whole; p += outer)
        {
            for (int j = 0; j < columns; j += Columns)
            {
                AddBlock(block + j, first + j, Math.Min(Columns, columns - j), p, Math.Min(whole, p + outer));
            }
        }

        for (int j = 0; j < columns && whole < operands.K; j += Columns)
        {
            AddTail(block + j, first + j, Math.Min(Columns, columns - j), whole);
        }

        operands.Finish(block, BlockWidth, first, columns);
    }

    private readonly int FirstRow(int tile) => operands.M * tile / tiles;

    private readonly void AddBlock(float* block, int j, int columns, int start, int end)
    {
        int inner = Math.Max(TLanes.Width, FirstLevelFloats / (Columns + MostRows) / TLanes.Width * TLanes.Width);
        nint ldb = operands.Ldb;
        float* b = operands.B + (j * ldb);

        // Each tile prefetches a few of the rows that are read next, as the memory serves only so many reads at a time.
        int fetches = tiles == 1 ? Columns : tiles < Columns ? 2 : 1;
        for (int p = start; p < end; p += inner)
        {
            int count = Math.Min(inner, end - p);
            float* next = p + count < end ? b + p + count : b + (Columns * ldb) + start;
            for (int tile = 0; tile < tiles; tile++)
            {
                int firstFetched = tile * fetches;
                float* fetched = next + (firstFetched * ldb);
                AddTile(
                    block, tile, columns, p, count, b + p, ldb, fetched,
                    Math.Clamp(Columns - firstFetched, 0, fetches));
            }
        }
    }

    // Adds the tail of k beyond the last whole vector, from a copy of B that is padded with zeros.
    private readonly void AddTail(float* block, int j, int columns, int start)
    {
        float* b = stackalloc float[MostColumns * TLanes.Width];
        for (int column = 0; column < columns; column++)
        {
            float* row = operands.B + ((nint)(j + column) * operands.Ldb) + start;
            TLanes.Store(TLanes.Load(row, operands.K - start), b + (column * TLanes.Width));
        }

        for (int tile = 0; tile < tiles; tile++)
        {
            AddTile(block, tile, columns, start, TLanes.Width, b, TLanes.Width, b, 0);
        }
    }

    private readonly void AddTile(
        float* block, int tile, int columns, int p, int count, float* b, nint ldb, float* next, int fetches)
    {
        int row = FirstRow(tile), rows = FirstRow(tile + 1) - row;
        float* a = packed + ((nint)row * paddedK) + ((nint)p * rows);
        float* sums = block + (row * BlockWidth);
        switch (rows)
        {
            case 1:
                AddTile<One>(a, b, ldb, columns, count, next, fetches, sums);
                break;
            case 2:
                AddTile<Two>(a, b, ldb, columns, count, next, fetches, sums);
                break;
            case 3:
                AddTile<Three>(a, b, ldb, columns, count, next, fetches, sums);
                break;
            case 4:
                AddTile<Four>(a, b, ldb, columns, count, next, fetches, sums);
                break;
            case 5:
                AddTile<Five>(a, b, ldb, columns, count, next, fetches, sums);
                break;
            default:
                AddTile<Six>(a, b, ldb, columns, count, next, fetches, sums);
                break;
        }
    }

    // Adds the dot products of a tile's rows and up to four rows of B over a count of k, in whole vectors. Meanwhile
    // prefetches the same count of some rows, from next on, into the second-level cache, as the first is full. The
    // digits of a sum's name are its row and column. The rows are written out, since the compiler would not inline
    // helpers for them here.
    private static void AddTile<TRows>(
        float* a, float* b, nint ldb, int columns, int count, float* next, int fetches, float* sums)
        where TRows : IConstant
    {
        // Columns beyond the last repeat the first; their sums are not used.
        nint b1 = columns > 1 ? ldb : 0, b2 = columns > 2 ? 2 * ldb : 0, b3 = columns > 3 ? 3 * ldb : 0;
        TVector s00 = default, s01 = default, s02 = default, s03 = default;
        TVector s10 = default, s11 = default, s12 = default, s13 = default;
        TVector s20 = default, s21 = default, s22 = default, s23 = default;
        TVector s30 = default, s31 = default, s32 = default, s33 = default;
        TVector s40 = default, s41 = default, s42 = default, s43 = default;
        TVector s50 = default, s51 = default, s52 = default, s53 = default;
        for (float* end = b + count; b < end; b += TLanes.Width, a += TRows.Value * TLanes.Width)
        {
            if (fetches > 0)
            {
                Sse.Prefetch1(next);
            }

            if (fetches > 1)
            {
                Sse.Prefetch1(next + ldb);
            }

            if (fetches > 2)
            {
                Sse.Prefetch1(next + (2 * ldb));
            }

            if (fetches > 3)
            {
                Sse.Prefetch1(next + (3 * ldb));
            }

            next += TLanes.Width;
            TVector y0 = TLanes.Load(b), y1 = TLanes.Load(b + b1), y2 = TLanes.Load(b + b2);
            TVector y3 = Columns > 3 ? TLanes.Load(b + b3) : default;
            TVector x = TLanes.Load(a);
            (s00, s01, s02) =
                (TLanes.MultiplyAdd(x, y0, s00), TLanes.MultiplyAdd(x, y1, s01), TLanes.MultiplyAdd(x, y2, s02));
            s03 = Columns > 3 ? TLanes.MultiplyAdd(x, y3, s03) : s03;
            if (TRows.Value > 1)
            {
                x = TLanes.Load(a + TLanes.Width);
                (s10, s11, s12) =
                    (TLanes.MultiplyAdd(x, y0, s10), TLanes.MultiplyAdd(x, y1, s11), TLanes.MultiplyAdd(x, y2, s12));
                s13 = Columns > 3 ? TLanes.MultiplyAdd(x, y3, s13) : s13;
            }

            if (TRows.Value > 2)
            {
                x = TLanes.Load(a + (2 * TLanes.Width));
                (s20, s21, s22) =
                    (TLanes.MultiplyAdd(x, y0, s20), TLanes.MultiplyAdd(x, y1, s21), TLanes.MultiplyAdd(x, y2, s22));
                s23 = Columns > 3 ? TLanes.MultiplyAdd(x, y3, s23) : s23;
            }

            if (TRows.Value > 3)
            {
                x = TLanes.Load(a + (3 * TLanes.Width));
                (s30, s31, s32) =
                    (TLanes.MultiplyAdd(x, y0, s30), TLanes.MultiplyAdd(x, y1, s31), TLanes.MultiplyAdd(x, y2, s32));
                s33 = Columns > 3 ? TLanes.MultiplyAdd(x, y3, s33) : s33;
            }

            if (TRows.Value > 4)
            {
                x = TLanes.Load(a + (4 * TLanes.Width));
                (s40, s41, s42) =
                    (TLanes.MultiplyAdd(x, y0, s40), TLanes.MultiplyAdd(x, y1, s41), TLanes.MultiplyAdd(x, y2, s42));
                s43 = Columns > 3 ? TLanes.MultiplyAdd(x, y3, s43) : s43;
            }

            if (TRows.Value > 5)
            {
                x = TLanes.Load(a + (5 * TLanes.Width));
                (s50, s51, s52) =
                    (TLanes.MultiplyAdd(x, y0, s50), TLanes.MultiplyAdd(x, y1, s51), TLanes.MultiplyAdd(x, y2, s52));
                s53 = Columns > 3 ? TLanes.MultiplyAdd(x, y3, s53) : s53;
            }
        }

        Add(TLanes.Sums(s00, s01, s02, s03), sums);
        if (TRows.Value > 1)
        {
            Add(TLanes.Sums(s10, s11, s12, s13), sums + BlockWidth);
        }

        if (TRows.Value > 2)
        {
            Add(TLanes.Sums(s20, s21, s22, s23), sums + (2 * BlockWidth));
        }

        if (TRows.Value > 3)
        {
            Add(TLanes.Sums(s30, s31, s32, s33), sums + (3 * BlockWidth));
        }

        if (TRows.Value > 4)
        {
            Add(TLanes.Sums(s40, s41, s42, s43), sums + (4 * BlockWidth));
        }

        if (TRows.Value > 5)
        {
            Add(TLanes.Sums(s50, s51, s52, s53), sums + (5 * BlockWidth));
        }
    }

    private static void Add(Vector128<float> sums, float* to) => (Vector128.Load(to) + sums).Store(to);

    // Packs a tile's rows of A, padded with zeros beyond the last value of k.
    private struct Packing : IParallelJob
    {
        public SkinnyGemmDots<TLanes, TVector> Gemm;

        public readonly void Run(int tile, int worker)
        {
            int first = Gemm.FirstRow(tile), end = Gemm.FirstRow(tile + 1), k = Gemm.operands.K;
            float* to = Gemm.packed + ((nint)first * Gemm.paddedK);
            for (int p = 0; p < k; p += TLanes.Width)
            {
                for (int i = first; i < end; i++, to += TLanes.Width)
                {
                    TLanes.Store(TLanes.Load(Gemm.operands.A + ((nint)i * Gemm.operands.Lda) + p, k - p), to);
                }
            }
        }
    }
}
