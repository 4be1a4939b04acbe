using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// Computes C = A B for few rows: weighted rows of B are added, four at a time, to two rows of C. A block of columns of
/// C is accumulated in a separate buffer, as rows a power of two apart would share the few ways of the first-level
/// cache.
/// </summary>
internal unsafe struct SkinnyGemmSums<TLanes, TVector> : IParallelJob
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const int MostColumns = 512;

    private SkinnyGemmOperands operands;
    private WorkerPool pool;
    private int columnsPerPart;

    /// <summary>Runs the GEMM.</summary>
    public static void Run(WorkerPool pool, in SkinnyGemmOperands operands)
    {
        // An even number of parts, equally wide up to whole vectors.
        int count = ((operands.N + (2 * MostColumns) - 1) / (2 * MostColumns)) * 2;
        int columns = (((operands.N + count - 1) / count) + TLanes.Width - 1) / TLanes.Width * TLanes.Width;
        var parts = new SkinnyGemmSums<TLanes, TVector> { operands = operands, pool = pool, columnsPerPart = columns };
        pool.Run((operands.N + columns - 1) / columns, ref parts);
    }

    /// <inheritdoc/>
    public readonly void Run(int part, int worker)
    {
        int first = part * columnsPerPart, count = Math.Min(columnsPerPart, operands.N - first);
        int pairs = (operands.M + 1) / 2;
        float* block = pool.Scratch(worker, ScratchSlot.RightPanels, ((2L * pairs) + 1) * MostColumns);
        operands.Start(block, MostColumns, first, count);

        // Zeros for the second row that the last pair may lack, and for rows of B beyond the last.
        float* zeros = block + (2L * pairs * MostColumns);
        float* unused = block + ((long)operands.M * MostColumns);
        new Span<float>(unused, (int)(zeros + MostColumns - unused)).Clear();

        for (int p = 0; p < operands.K; p += 4)
        {
            int terms = Math.Min(4, operands.K - p);
            float* b = operands.B + ((nint)p * operands.Ldb) + first;
            for (int pair = 0; pair < pairs; pair++)
            {
                float* weights = operands.A + (2L * pair * operands.Lda) + p;
                float* second = (2 * pair) + 1 < operands.M ? weights + operands.Lda : null;
                AddFour(
                    block + (2L * pair * MostColumns), weights, second, b, terms, zeros, count,
                    fetchesAhead: pair == 0);
            }
        }

        operands.Finish(block, MostColumns, first, count);
    }

    // Adds up to four weighted rows of B to two rows of C. The weights of a missing second row are zeros, and so are
    // the rows of B beyond the terms. The next four rows are prefetched into the second-level cache only: with rows a
    // power of two apart, the first-level cache has no free ways for them.
    private readonly void AddFour(
        float* c, float* weights, float* second, float* b, int terms, float* zeros, int count, bool fetchesAhead)
    {
        TVector w0 = Weight(weights, 0, terms), w1 = Weight(weights, 1, terms);
        TVector w2 = Weight(weights, 2, terms), w3 = Weight(weights, 3, terms);
        TVector v0 = Weight(second, 0, terms), v1 = Weight(second, 1, terms);
        TVector v2 = Weight(second, 2, terms), v3 = Weight(second, 3, terms);
        nint ldb = operands.Ldb, ahead = 4 * ldb;
        float* b1 = terms > 1 ? b + ldb : zeros, b2 = terms > 2 ? b + (2 * ldb) : zeros,
            b3 = terms > 3 ? b + (3 * ldb) : zeros;
        float* d = c + MostColumns;
        int j = 0;
        for (; j <= count - TLanes.Width; j += TLanes.Width)
        {
            if (fetchesAhead)
            {
                Sse.Prefetch1(b + ahead + j);
                Sse.Prefetch1(b1 + ahead + j);
                Sse.Prefetch1(b2 + ahead + j);
                Sse.Prefetch1(b3 + ahead + j);
            }

            TVector term = TLanes.Load(b + j);
            TVector x = TLanes.MultiplyAdd(term, w0, TLanes.Load(c + j)),
                y = TLanes.MultiplyAdd(term, v0, TLanes.Load(d + j));
            term = TLanes.Load(b1 + j);
            (x, y) = (TLanes.MultiplyAdd(term, w1, x), TLanes.MultiplyAdd(term, v1, y));
            term = TLanes.Load(b2 + j);
            (x, y) = (TLanes.MultiplyAdd(term, w2, x), TLanes.MultiplyAdd(term, v2, y));
            term = TLanes.Load(b3 + j);
            TLanes.Store(TLanes.MultiplyAdd(term, w3, x), c + j);
            TLanes.Store(TLanes.MultiplyAdd(term, v3, y), d + j);
        }

        if (j < count)
        {
            int tail = count - j;
            TVector term = TLanes.Load(b + j, tail);
            TVector x = TLanes.MultiplyAdd(term, w0, TLanes.Load(c + j, tail));
            TVector y = TLanes.MultiplyAdd(term, v0, TLanes.Load(d + j, tail));
            term = TLanes.Load(b1 + j, tail);
            (x, y) = (TLanes.MultiplyAdd(term, w1, x), TLanes.MultiplyAdd(term, v1, y));
            term = TLanes.Load(b2 + j, tail);
            (x, y) = (TLanes.MultiplyAdd(term, w2, x), TLanes.MultiplyAdd(term, v2, y));
            term = TLanes.Load(b3 + j, tail);
            TLanes.Store(TLanes.MultiplyAdd(term, w3, x), c + j, tail);
            TLanes.Store(TLanes.MultiplyAdd(term, v3, y), d + j, tail);
        }
    }

    private static TVector Weight(float* weights, int index, int terms) =>
        TLanes.All(weights != null && index < terms ? weights[index] : 0);
}
