using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels;

/// <summary>
/// Products of a few rows with a matrix that is read once, where packing the matrix would cost as much as the product:
/// what a fully connected layer does with a small batch, forward and for the gradient of its input. They run at about the speed at
/// which the matrix is read.
/// </summary>
internal static unsafe class FewRows
{
    /// <summary>The most rows that are few: beyond, packing pays.</summary>
    public const int Most = 24;

    // A matrix below this stays in the caches, where packing it is cheap.
    private const long LeastFloats = 128 * 1024;

    // The few rows' part of a block stays in the first-level cache.
    private const int BlockFloats = 4 * 1024;
    private const int ColumnsPerPart = 512;
    private const int DotsPerPart = 32;

    private static bool HasLanes => VectorUnit.Path is VectorPath.Avx512 or VectorPath.Avx2;

    /// <summary>Whether a product is of this kind and stored so that this class can do it.</summary>
    public static bool Fits(bool transposeA, int m, int n, int k) => HasLanes && k > 0
        && !transposeA && m <= Most && (long)n * k >= LeastFloats;

    /// <summary>See <see cref="Product.Run"/>.</summary>
    public static void Run(
        WorkerPool pool,
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
        AddTo addTo,
        float* bias)
    {
        var job = new Job
        {
            M = m, N = n, K = k, A = a, Lda = lda, B = b, Ldb = ldb, C = c, Ldc = ldc, AddTo = addTo, Bias = bias, Pool = pool,
        };
        if (VectorUnit.Path == VectorPath.Avx512)
        {
            Run<Lanes512, Vector512<float>>(pool, transposeB, job);
        }
        else
        {
            Run<Lanes256, Vector256<float>>(pool, transposeB, job);
        }
    }

    private static void Run<TLanes, TVector>(WorkerPool pool, bool transposeB, in Job job)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        if (transposeB)
        {
            var dots = new Dots<TLanes, TVector> { Job = job };
            pool.Run((job.N + DotsPerPart - 1) / DotsPerPart, ref dots);
        }
        else
        {
            var sums = new Sums<TLanes, TVector> { Job = job };
            pool.Run((job.N + ColumnsPerPart - 1) / ColumnsPerPart, ref sums);
        }
    }

    private struct Job
    {
        public int M, N, K, Lda, Ldb, Ldc;
        public float* A, B, C, Bias;
        public AddTo AddTo;
        public WorkerPool Pool;

        // What the sum at a place of C starts from.
        public readonly float Start(int i, int j) => AddTo switch
        {
            AddTo.Existing => C[((nint)i * Ldc) + j],
            AddTo.RowBias => Bias[i],
            AddTo.ColumnBias => Bias[j],
            _ => 0,
        };
    }

    // C = A B': each value is the product of a row of A and a row of B. Two rows of B at a time meet the rows of A by
    // sixes, over as much of k as leaves the rows of A in the first-level cache.
    private struct Dots<TLanes, TVector> : IParts
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        public Job Job;

        public readonly void Run(int part, int worker)
        {
            int end = Math.Min(Job.N, (part + 1) * DotsPerPart);
            int width = Math.Max(TLanes.Width, BlockFloats / Job.M / TLanes.Width * TLanes.Width);
            for (int p = 0; p < Job.K; p += width)
            {
                int count = Math.Min(width, Job.K - p);
                for (int j = part * DotsPerPart; j < end; j += 2)
                {
                    float* one = Job.B + ((nint)j * Job.Ldb) + p;
                    float* two = j + 1 < end ? one + Job.Ldb : one;
                    for (int i = 0; i < Job.M; i += 6)
                    {
                        Tile(i, j, p == 0, Job.A + ((nint)i * Job.Lda) + p, one, two, count);
                    }
                }
            }
        }

        private readonly void Tile(int i, int j, bool isFirst, float* a, float* one, float* two, int count)
        {
            // Rows beyond the last are the last once more; their sums are not kept.
            int rows = Math.Min(6, Job.M - i);
            float* a1 = a + ((nint)Math.Min(1, rows - 1) * Job.Lda), a2 = a + ((nint)Math.Min(2, rows - 1) * Job.Lda);
            float* a3 = a + ((nint)Math.Min(3, rows - 1) * Job.Lda), a4 = a + ((nint)Math.Min(4, rows - 1) * Job.Lda);
            float* a5 = a + ((nint)Math.Min(5, rows - 1) * Job.Lda);
            TVector s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
            TVector t0 = default, t1 = default, t2 = default, t3 = default, t4 = default, t5 = default;
            int p = 0;
            nint ahead = 2 * (nint)Job.Ldb;
            for (; p <= count - TLanes.Width; p += TLanes.Width)
            {
                Sse.Prefetch0(one + ahead + p);
                Sse.Prefetch0(two + ahead + p);
                TVector x = TLanes.Load(one + p), y = TLanes.Load(two + p), v = TLanes.Load(a + p);
                (s0, t0) = (TLanes.MultiplyAdd(v, x, s0), TLanes.MultiplyAdd(v, y, t0));
                v = TLanes.Load(a1 + p);
                (s1, t1) = (TLanes.MultiplyAdd(v, x, s1), TLanes.MultiplyAdd(v, y, t1));
                v = TLanes.Load(a2 + p);
                (s2, t2) = (TLanes.MultiplyAdd(v, x, s2), TLanes.MultiplyAdd(v, y, t2));
                v = TLanes.Load(a3 + p);
                (s3, t3) = (TLanes.MultiplyAdd(v, x, s3), TLanes.MultiplyAdd(v, y, t3));
                v = TLanes.Load(a4 + p);
                (s4, t4) = (TLanes.MultiplyAdd(v, x, s4), TLanes.MultiplyAdd(v, y, t4));
                v = TLanes.Load(a5 + p);
                (s5, t5) = (TLanes.MultiplyAdd(v, x, s5), TLanes.MultiplyAdd(v, y, t5));
            }

            if (p < count)
            {
                int rest = count - p;
                TVector x = TLanes.Load(one + p, rest), y = TLanes.Load(two + p, rest), v = TLanes.Load(a + p, rest);
                (s0, t0) = (TLanes.MultiplyAdd(v, x, s0), TLanes.MultiplyAdd(v, y, t0));
                v = TLanes.Load(a1 + p, rest);
                (s1, t1) = (TLanes.MultiplyAdd(v, x, s1), TLanes.MultiplyAdd(v, y, t1));
                v = TLanes.Load(a2 + p, rest);
                (s2, t2) = (TLanes.MultiplyAdd(v, x, s2), TLanes.MultiplyAdd(v, y, t2));
                v = TLanes.Load(a3 + p, rest);
                (s3, t3) = (TLanes.MultiplyAdd(v, x, s3), TLanes.MultiplyAdd(v, y, t3));
                v = TLanes.Load(a4 + p, rest);
                (s4, t4) = (TLanes.MultiplyAdd(v, x, s4), TLanes.MultiplyAdd(v, y, t4));
                v = TLanes.Load(a5 + p, rest);
                (s5, t5) = (TLanes.MultiplyAdd(v, x, s5), TLanes.MultiplyAdd(v, y, t5));
            }

            float* sums = stackalloc float[12];
            (sums[0], sums[1], sums[2]) = (TLanes.Sum(s0), TLanes.Sum(s1), TLanes.Sum(s2));
            (sums[3], sums[4], sums[5]) = (TLanes.Sum(s3), TLanes.Sum(s4), TLanes.Sum(s5));
            (sums[6], sums[7], sums[8]) = (TLanes.Sum(t0), TLanes.Sum(t1), TLanes.Sum(t2));
            (sums[9], sums[10], sums[11]) = (TLanes.Sum(t3), TLanes.Sum(t4), TLanes.Sum(t5));
            for (int column = 0; column < (one == two ? 1 : 2); column++)
            {
                for (int row = 0; row < rows; row++)
                {
                    float* c = Job.C + ((nint)(i + row) * Job.Ldc) + j + column;
                    *c = (isFirst ? Job.Start(i + row, j + column) : *c) + sums[(6 * column) + row];
                }
            }
        }
    }

    // C = A B: rows of B are added up, weighted, four at a time into two rows of C. A block of columns of C is gathered
    // in memory of its own, as rows a power of two apart would share the first-level cache's few ways.
    private struct Sums<TLanes, TVector> : IParts
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        public Job Job;

        public readonly void Run(int part, int worker)
        {
            int first = part * ColumnsPerPart, count = Math.Min(ColumnsPerPart, Job.N - first);
            int pairs = (Job.M + 1) / 2;
            float* block = Job.Pool.Scratch(worker, ScratchSlot.RightPanels, ((2L * pairs) + 1) * ColumnsPerPart);
            float* zeros = block + (2L * pairs * ColumnsPerPart);
            new Span<float>(zeros, ColumnsPerPart).Clear();
            for (int i = 0; i < 2 * pairs; i++)
            {
                for (int j = 0; j < count; j++)
                {
                    block[(i * ColumnsPerPart) + j] = i < Job.M ? Job.Start(i, first + j) : 0;
                }
            }

            for (int p = 0; p < Job.K; p += 4)
            {
                int terms = Math.Min(4, Job.K - p);
                float* b = Job.B + ((nint)p * Job.Ldb) + first;
                for (int pair = 0; pair < pairs; pair++)
                {
                    // A row of A beyond the last, and a weight beyond the last, are zeros.
                    float* one = Job.A + (2L * pair * Job.Lda) + p;
                    float* two = (2 * pair) + 1 < Job.M ? one + Job.Lda : null;
                    AddFour<TLanes, TVector>(
                        block + (2L * pair * ColumnsPerPart), ColumnsPerPart, one, two, 1, b, Job.Ldb, terms, zeros, count, true);
                }
            }

            for (int i = 0; i < Job.M; i++)
            {
                new ReadOnlySpan<float>(block + (i * ColumnsPerPart), count)
                    .CopyTo(new Span<float>(Job.C + ((nint)i * Job.Ldc) + first, count));
            }
        }
    }

    // Adds up to four weighted rows of B to two rows of C, or sets C to their sum. The weights of a row are step apart;
    // those of a second row that is not there are zeros, and so are the rows of B beyond the terms.
    private static void AddFour<TLanes, TVector>(
        float* c, nint toSecond, float* one, float* two, int step, float* b, nint ldb, int terms, float* zeros, int count, bool adds)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        TVector w0 = Weight<TLanes, TVector>(one, 0, step, terms), w1 = Weight<TLanes, TVector>(one, 1, step, terms);
        TVector w2 = Weight<TLanes, TVector>(one, 2, step, terms), w3 = Weight<TLanes, TVector>(one, 3, step, terms);
        TVector v0 = Weight<TLanes, TVector>(two, 0, step, terms), v1 = Weight<TLanes, TVector>(two, 1, step, terms);
        TVector v2 = Weight<TLanes, TVector>(two, 2, step, terms), v3 = Weight<TLanes, TVector>(two, 3, step, terms);
        float* b1 = terms > 1 ? b + ldb : zeros, b2 = terms > 2 ? b + (2 * ldb) : zeros, b3 = terms > 3 ? b + (3 * ldb) : zeros;
        float* d = c + toSecond;
        nint ahead = 4 * ldb;
        int j = 0;
        for (; j <= count - TLanes.Width; j += TLanes.Width)
        {
            TVector x = adds ? TLanes.Load(c + j) : default, y = adds ? TLanes.Load(d + j) : default;
            Sse.Prefetch0(b + ahead + j);
            Sse.Prefetch0(b1 + ahead + j);
            Sse.Prefetch0(b2 + ahead + j);
            Sse.Prefetch0(b3 + ahead + j);
            TVector term = TLanes.Load(b + j);
            (x, y) = (TLanes.MultiplyAdd(term, w0, x), TLanes.MultiplyAdd(term, v0, y));
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
            TVector x = adds ? TLanes.Load(c + j, rest) : default, y = adds ? TLanes.Load(d + j, rest) : default;
            TVector term = TLanes.Load(b + j, rest);
            (x, y) = (TLanes.MultiplyAdd(term, w0, x), TLanes.MultiplyAdd(term, v0, y));
            term = TLanes.Load(b1 + j, rest);
            (x, y) = (TLanes.MultiplyAdd(term, w1, x), TLanes.MultiplyAdd(term, v1, y));
            term = TLanes.Load(b2 + j, rest);
            (x, y) = (TLanes.MultiplyAdd(term, w2, x), TLanes.MultiplyAdd(term, v2, y));
            term = TLanes.Load(b3 + j, rest);
            TLanes.Store(TLanes.MultiplyAdd(term, w3, x), c + j, rest);
            TLanes.Store(TLanes.MultiplyAdd(term, v3, y), d + j, rest);
        }
    }

    private static TVector Weight<TLanes, TVector>(float* weights, int index, int step, int terms)
        where TLanes : ILanes<TVector>
        where TVector : struct =>
        TLanes.All(weights != null && index < terms ? weights[(nint)index * step] : 0);
}
