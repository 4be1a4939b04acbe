using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// C = A B for a few rows: rows of B are added up, weighted, four at a time into two rows of C. A block of columns of C
/// is gathered in memory of its own, as rows a power of two apart would share the first-level cache's few ways.
/// </summary>
internal unsafe struct SkinnyGemmSums<TLanes, TVector> : IParallelJob
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const int MostColumns = 512;

    private SkinnyGemmOperands product;
    private WorkerPool pool;
    private int columnsPerPart;

    /// <summary>Runs the product.</summary>
    public static void Run(WorkerPool pool, in SkinnyGemmOperands product)
    {
        // An even number of parts, as wide as each other but for whole vectors.
        int count = ((product.N + (2 * MostColumns) - 1) / (2 * MostColumns)) * 2;
        int columns = (((product.N + count - 1) / count) + TLanes.Width - 1) / TLanes.Width * TLanes.Width;
        var parts = new SkinnyGemmSums<TLanes, TVector> { product = product, pool = pool, columnsPerPart = columns };
        pool.Run((product.N + columns - 1) / columns, ref parts);
    }

    /// <inheritdoc/>
    public readonly void Run(int part, int worker)
    {
        int first = part * columnsPerPart, count = Math.Min(columnsPerPart, product.N - first);
        int pairs = (product.M + 1) / 2;
        float* block = pool.Scratch(worker, ScratchSlot.RightPanels, ((2L * pairs) + 1) * MostColumns);
        product.Start(block, MostColumns, first, count);

        // A second row that the last pair lacks, and rows of B beyond the last.
        float* zeros = block + (2L * pairs * MostColumns);
        float* unused = block + ((long)product.M * MostColumns);
        new Span<float>(unused, (int)(zeros + MostColumns - unused)).Clear();

        for (int p = 0; p < product.K; p += 4)
        {
            int terms = Math.Min(4, product.K - p);
            float* b = product.B + ((nint)p * product.Ldb) + first;
            for (int pair = 0; pair < pairs; pair++)
            {
                float* weights = product.A + (2L * pair * product.Lda) + p;
                float* second = (2 * pair) + 1 < product.M ? weights + product.Lda : null;
                AddFour(
                    block + (2L * pair * MostColumns), weights, second, b, terms, zeros, count,
                    fetchesAhead: pair == 0);
            }
        }

        product.Finish(block, MostColumns, first, count);
    }

    // Adds up to four weighted rows of B to two rows of C. The weights of a second row that is not there are zeros, and
    // so are the rows of B beyond the terms. The next four rows are fetched no nearer than the second-level cache: with
    // rows a power of two apart the first level has no ways for them.
    private readonly void AddFour(
        float* c, float* weights, float* second, float* b, int terms, float* zeros, int count, bool fetchesAhead)
    {
        TVector w0 = Weight(weights, 0, terms), w1 = Weight(weights, 1, terms);
        TVector w2 = Weight(weights, 2, terms), w3 = Weight(weights, 3, terms);
        TVector v0 = Weight(second, 0, terms), v1 = Weight(second, 1, terms);
        TVector v2 = Weight(second, 2, terms), v3 = Weight(second, 3, terms);
        nint ldb = product.Ldb, ahead = 4 * ldb;
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
            int rest = count - j;
            TVector term = TLanes.Load(b + j, rest);
            TVector x = TLanes.MultiplyAdd(term, w0, TLanes.Load(c + j, rest));
            TVector y = TLanes.MultiplyAdd(term, v0, TLanes.Load(d + j, rest));
            term = TLanes.Load(b1 + j, rest);
            (x, y) = (TLanes.MultiplyAdd(term, w1, x), TLanes.MultiplyAdd(term, v1, y));
            term = TLanes.Load(b2 + j, rest);
            (x, y) = (TLanes.MultiplyAdd(term, w2, x), TLanes.MultiplyAdd(term, v2, y));
            term = TLanes.Load(b3 + j, rest);
            TLanes.Store(TLanes.MultiplyAdd(term, w3, x), c + j, rest);
            TLanes.Store(TLanes.MultiplyAdd(term, v3, y), d + j, rest);
        }
    }

    private static TVector Weight(float* weights, int index, int terms) =>
        TLanes.All(weights != null && index < terms ? weights[index] : 0);
}
