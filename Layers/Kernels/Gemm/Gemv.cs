using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// Matrix-vector multiplication, for GEMMs with one row or one column, except the large single rows that
/// <see cref="SkinnyGemm"/> takes. Packing would cost more than the multiplication, which runs at the speed at which
/// the matrix is read. Either each result is the dot product of a row of the matrix and the vector, or the result is
/// the weighted sum of the rows.
/// </summary>
internal static unsafe class Gemv
{
    // A part reads about 128 KiB of the matrix.
    private const int PartFloats = 32 * 1024;
    private const int ColumnsPerPart = 256;

    /// <summary>Returns whether a GEMM has one row or one column and is stored as this class needs it.</summary>
    public static bool Fits(int m, int n, bool transposeA, bool transposeB, int ldb, int ldc) =>
        (m == 1 && (!transposeA || !transposeB)) || (n == 1 && (transposeA ? ldc == 1 : transposeB || ldb == 1));

    /// <summary>See <see cref="GemmKernel.Run"/>.</summary>
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
        GemmAddend addTo,
        float* bias)
    {
        bool row = m == 1 && (!transposeA || !transposeB);
        bool biasEach = addTo == (row ? GemmAddend.ColumnBias : GemmAddend.RowBias);
        float* add = addTo == GemmAddend.Existing ? c : bias;
        int length = row ? n : m, step = row ? 1 : ldc;
        int addStep = addTo == GemmAddend.Existing ? step : biasEach ? 1 : 0;
        float* matrix = row ? b : a;
        float* vector = row ? a : b;
        int ld = row ? ldb : lda;
        if (row ? transposeB : !transposeA)
        {
            var dots = new Dots
            {
                Length = length, K = k, Ld = ld, Step = step, AddStep = addStep,
                RowsPerPart = Math.Max(1, PartFloats / Math.Max(k, 1)),
                Matrix = matrix, Vector = vector, Add = addTo == GemmAddend.Nothing ? null : add, Result = c,
            };
            pool.Run((int)(((long)length + dots.RowsPerPart - 1) / dots.RowsPerPart), ref dots);
        }
        else
        {
            var sums = new WeightedRows
            {
                Length = length, K = k, Ld = ld, AddStep = addStep,
                VectorStep = row ? (transposeA ? lda : 1) : transposeB ? 1 : ldb,
                Matrix = matrix, Vector = vector, Add = addTo == GemmAddend.Nothing ? null : add, Result = c,
            };
            pool.Run((int)(((long)length + ColumnsPerPart - 1) / ColumnsPerPart), ref sums);
        }
    }

    private struct Dots : IParallelJob
    {
        public int Length, K, Ld, Step, AddStep, RowsPerPart;
        public float* Matrix, Vector, Add, Result;

        public readonly void Run(int part, int worker)
        {
            int width = Vector<float>.Count, end = (int)Math.Min(Length, (part + 1L) * RowsPerPart);
            for (int i = part * RowsPerPart; i < end; i++)
            {
                float* row = Matrix + ((nint)i * Ld);
                Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
                int p = 0;
                for (; p + (4 * width) <= K; p += 4 * width)
                {
                    float* x = row + p, y = Vector + p;
                    s0 = System.Numerics.Vector.MultiplyAddEstimate(Load(x), Load(y), s0);
                    s1 = System.Numerics.Vector.MultiplyAddEstimate(Load(x + width), Load(y + width), s1);
                    s2 = System.Numerics.Vector.MultiplyAddEstimate(Load(x + (2 * width)), Load(y + (2 * width)), s2);
                    s3 = System.Numerics.Vector.MultiplyAddEstimate(Load(x + (3 * width)), Load(y + (3 * width)), s3);
                }

                for (; p + width <= K; p += width)
                {
                    s0 = System.Numerics.Vector.MultiplyAddEstimate(Load(row + p), Load(Vector + p), s0);
                }

                float sum = System.Numerics.Vector.Sum((s0 + s1) + (s2 + s3));
                for (; p < K; p++)
                {
                    sum += row[p] * Vector[p];
                }

                Result[(nint)i * Step] = Add == null ? sum : sum + Add[(nint)i * AddStep];
            }
        }
    }

    private struct WeightedRows : IParallelJob
    {
        public int Length, K, Ld, AddStep, VectorStep;
        public float* Matrix, Vector, Add, Result;

        public readonly void Run(int part, int worker)
        {
            int first = part * ColumnsPerPart, count = Math.Min(ColumnsPerPart, Length - first);
            float* sums = stackalloc float[ColumnsPerPart];
            for (int j = 0; j < count; j++)
            {
                sums[j] = Add == null ? 0 : Add[(nint)(first + j) * AddStep];
            }

            int width = Vector<float>.Count;
            for (int p = 0; p < K; p++)
            {
                float* row = Matrix + ((nint)p * Ld) + first;
                float weight = Vector[(nint)p * VectorStep];
                var weights = new Vector<float>(weight);
                int j = 0;
                for (; j + width <= count; j += width)
                {
                    var sum = System.Numerics.Vector.MultiplyAddEstimate(weights, Load(row + j), Load(sums + j));
                    System.Numerics.Vector.Store(sum, sums + j);
                }

                // The tail is rounded like the whole vectors, as a column's value must not depend on its position. The
                // buffer of sums holds whole vectors.
                if (j < count)
                {
                    var sum = System.Numerics.Vector.MultiplyAddEstimate(
                        weights, LoadFirst(row + j, count - j), Load(sums + j));
                    System.Numerics.Vector.Store(sum, sums + j);
                }
            }

            new ReadOnlySpan<float>(sums, count).CopyTo(new Span<float>(Result + first, count));
        }
    }

    private static Vector<float> Load(float* at) => System.Numerics.Vector.Load(at);

    private static Vector<float> LoadFirst(float* at, int count)
    {
        if (Avx.IsSupported && Vector<float>.Count == Vector256<float>.Count)
        {
            return Avx.MaskLoad(at, VectorMask.First256(count)).AsVector();
        }

        Vector<float> values = default;
        new ReadOnlySpan<float>(at, count).CopyTo(new Span<float>(&values, Vector<float>.Count));
        return values;
    }
}
