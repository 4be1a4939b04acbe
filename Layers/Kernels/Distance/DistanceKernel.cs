using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Distance;

/// <summary>
/// Squared distances between all rows of x [rows, size] and all of w [others, size], pair by pair: the expansion into a
/// product, <c>|x|^2 - 2 x w + |w|^2</c>, loses the digits that matter where rows are near each other.
/// </summary>
internal static unsafe class DistanceKernel
{
    // Rows of w at a time: each value of x that is loaded serves as many.
    private const int Block = 4;

    /// <summary><c>y[n, j] = sum_k (x[n, k] - w[j, k])^2</c>, y [rows, others].</summary>
    public static void Forward(float* x, float* w, float* y, int rows, int others, int size, WorkerPool pool)
    {
        var parts = new PositionParts(rows, size, others);
        var job = new ForwardJob(parts, x, w, y, others, size);
        pool.Run(parts.Count, ref job);
    }

    /// <summary><c>dx[n, k] = 2 sum_j dy[n, j] (x[n, k] - w[j, k])</c>.</summary>
    public static void BackwardRows(
        float* x, float* w, float* dy, float* dx, int rows, int others, int size, WorkerPool pool)
    {
        var parts = new PositionParts(rows, others, size);
        var job = new BackwardJob(parts, x, w, dy, others, 1, dx, others, size, false);
        pool.Run(parts.Count, ref job);
    }

    /// <summary><c>dw[j, k] += 2 sum_n dy[n, j] (w[j, k] - x[n, k])</c>.</summary>
    public static void BackwardOthers(
        float* x, float* w, float* dy, float* dw, int rows, int others, int size, WorkerPool pool)
    {
        var parts = new PositionParts(others, rows, size);
        var job = new BackwardJob(parts, w, x, dy, 1, others, dw, rows, size, true);
        pool.Run(parts.Count, ref job);
    }

    private readonly struct ForwardJob(PositionParts parts, float* x, float* w, float* y, int others, int size) : IParts
    {
        public void Run(int part, int worker)
        {
            var (row, endRow, start, end) = parts.Block(part);
            for (; row < endRow; row++)
            {
                float* from = x + ((long)row * size), to = y + ((long)row * others);
                int j = start;
                for (; j <= end - Block; j += Block)
                {
                    Four(from, w + ((long)j * size), to + j);
                }

                for (; j < end; j++)
                {
                    to[j] = One(from, w + ((long)j * size));
                }
            }
        }

        private void Four(float* from, float* w0, float* to)
        {
            float* w1 = w0 + size, w2 = w1 + size, w3 = w2 + size;
            Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
            int k = 0;
            for (; k <= size - Vector512<float>.Count; k += Vector512<float>.Count)
            {
                Vector512<float> value = Vector512.Load(from + k);
                Vector512<float> d0 = value - Vector512.Load(w0 + k), d1 = value - Vector512.Load(w1 + k);
                Vector512<float> d2 = value - Vector512.Load(w2 + k), d3 = value - Vector512.Load(w3 + k);
                s0 = Vector512.MultiplyAddEstimate(d0, d0, s0);
                s1 = Vector512.MultiplyAddEstimate(d1, d1, s1);
                s2 = Vector512.MultiplyAddEstimate(d2, d2, s2);
                s3 = Vector512.MultiplyAddEstimate(d3, d3, s3);
            }

            to[0] = Vector512.Sum(s0) + Rest(from, w0, k);
            to[1] = Vector512.Sum(s1) + Rest(from, w1, k);
            to[2] = Vector512.Sum(s2) + Rest(from, w2, k);
            to[3] = Vector512.Sum(s3) + Rest(from, w3, k);
        }

        private float One(float* from, float* other)
        {
            Vector512<float> sum = default;
            int k = 0;
            for (; k <= size - Vector512<float>.Count; k += Vector512<float>.Count)
            {
                Vector512<float> difference = Vector512.Load(from + k) - Vector512.Load(other + k);
                sum = Vector512.MultiplyAddEstimate(difference, difference, sum);
            }

            return Vector512.Sum(sum) + Rest(from, other, k);
        }

        private float Rest(float* from, float* other, int k)
        {
            float sum = 0;
            for (; k < size; k++)
            {
                sum += (from[k] - other[k]) * (from[k] - other[k]);
            }

            return sum;
        }
    }

    // The gradient of rows `own` that were compared with rows `other`; the gradient of the pair (r, s) stands at
    // dy[r * rowStride + s * otherStride].
    private readonly struct BackwardJob(
        PositionParts parts, float* own, float* other, float* dy, int rowStride, int otherStride, float* target,
        int others, int size, bool add) : IParts
    {
        public void Run(int part, int worker)
        {
            var (row, endRow, start, end) = parts.Block(part);
            for (; row < endRow; row++)
            {
                float* from = own + ((long)row * size), to = target + ((long)row * size);
                float* gradient = dy + ((long)row * rowStride);
                int k = start;
                for (; k <= end - (2 * Vector512<float>.Count); k += 2 * Vector512<float>.Count)
                {
                    Two(from + k, other + k, gradient, to + k);
                }

                for (; k < end; k++)
                {
                    float sum = 0;
                    for (int s = 0; s < others; s++)
                    {
                        sum += gradient[(long)s * otherStride] * (from[k] - other[((long)s * size) + k]);
                    }

                    to[k] = (add ? to[k] : 0) + (2 * sum);
                }
            }
        }

        private void Two(float* from, float* other, float* gradient, float* to)
        {
            Vector512<float> x0 = Vector512.Load(from), x1 = Vector512.Load(from + Vector512<float>.Count);
            Vector512<float> s0 = default, s1 = default;
            for (int s = 0; s < others; s++)
            {
                Vector512<float> weight = Vector512.Create(gradient[(long)s * otherStride]);
                s0 = Vector512.MultiplyAddEstimate(weight, x0 - Vector512.Load(other), s0);
                s1 = Vector512.MultiplyAddEstimate(weight, x1 - Vector512.Load(other + Vector512<float>.Count), s1);
                other += size;
            }

            Vector512<float> old0 = add ? Vector512.Load(to) : default;
            Vector512<float> old1 = add ? Vector512.Load(to + Vector512<float>.Count) : default;
            (old0 + s0 + s0).Store(to);
            (old1 + s1 + s1).Store(to + Vector512<float>.Count);
        }
    }
}
