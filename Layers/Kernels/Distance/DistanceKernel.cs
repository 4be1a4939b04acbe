using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Distance;

/// <summary>
/// Squared distances between all rows of x [rows, size] and all rows of w [others, size], pair by pair: the expansion
/// <c>|x|^2 - 2 x w + |w|^2</c>, which a GEMM could compute, loses the significant digits where rows are close to each
/// other.
/// </summary>
internal static unsafe class DistanceKernel
{
    // Rows of w processed at a time: each value of x that is loaded is used as often.
    private const int Block = 4;

    /// <summary>Computes <c>y[n, j] = sum_k (x[n, k] - w[j, k])^2</c>, y [rows, others].</summary>
    public static void Forward(float* x, float* w, float* y, int rows, int others, int size, WorkerPool pool)
    {
        KernelGuard.Array(x, rows, size);
        KernelGuard.Array(w, others, size);
        KernelGuard.Array(y, rows, others);
        KernelGuard.Apart(x, (long)rows * size, y, (long)rows * others);
        KernelGuard.Apart(w, (long)others * size, y, (long)rows * others);
        var parts = new PositionParts(rows, size, others);
        var job = new ForwardJob(parts, x, w, y, others, size);
        pool.Run(parts.Count, ref job);
    }

    /// <summary>Computes <c>dx[n, k] = 2 sum_j dy[n, j] (x[n, k] - w[j, k])</c>.</summary>
    public static void BackwardRows(
        float* x, float* w, float* dy, float* dx, int rows, int others, int size, WorkerPool pool)
    {
        RequireGradient(x, w, dy, dx, rows, others, size);
        KernelGuard.Apart(x, (long)rows * size, dx, (long)rows * size);
        var parts = new PositionParts(rows, others, size);
        var job = new BackwardJob(parts, x, w, dy, others, 1, dx, others, size, false);
        pool.Run(parts.Count, ref job);
    }

    /// <summary>Computes <c>dw[j, k] += 2 sum_n dy[n, j] (w[j, k] - x[n, k])</c>.</summary>
    public static void BackwardOthers(
        float* x, float* w, float* dy, float* dw, int rows, int others, int size, WorkerPool pool)
    {
        RequireGradient(w, x, dy, dw, others, rows, size);
        KernelGuard.Apart(w, (long)others * size, dw, (long)others * size);
        var parts = new PositionParts(others, rows, size);
        var job = new BackwardJob(parts, w, x, dy, 1, others, dw, rows, size, true);
        pool.Run(parts.Count, ref job);
    }

    [Conditional("DEBUG")]
    private static void RequireGradient(
        float* own, float* other, float* dy, float* target, int rows, int others, int size)
    {
        KernelGuard.Array(own, rows, size);
        KernelGuard.Array(other, others, size);
        KernelGuard.Array(dy, rows, others);
        KernelGuard.Array(target, rows, size);
        KernelGuard.Apart(dy, (long)rows * others, target, (long)rows * size);
    }

    private readonly struct ForwardJob(
        PositionParts parts, float* x, float* w, float* y, int others, int size) : IParallelJob
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
            for (; k <= size - Lanes.Width; k += Lanes.Width)
            {
                Vector512<float> value = Vector512.Load(from + k);
                s0 = Add(value, w0 + k, Lanes.Width, s0);
                s1 = Add(value, w1 + k, Lanes.Width, s1);
                s2 = Add(value, w2 + k, Lanes.Width, s2);
                s3 = Add(value, w3 + k, Lanes.Width, s3);
            }

            if (k < size)
            {
                int left = size - k;
                Vector512<float> value = Lanes.Load(from + k, left);
                s0 = Add(value, w0 + k, left, s0);
                s1 = Add(value, w1 + k, left, s1);
                s2 = Add(value, w2 + k, left, s2);
                s3 = Add(value, w3 + k, left, s3);
            }

            to[0] = Vector512.Sum(s0);
            to[1] = Vector512.Sum(s1);
            to[2] = Vector512.Sum(s2);
            to[3] = Vector512.Sum(s3);
        }

        private float One(float* from, float* other)
        {
            Vector512<float> sum = default;
            int k = 0;
            for (; k <= size - Lanes.Width; k += Lanes.Width)
            {
                sum = Add(Vector512.Load(from + k), other + k, Lanes.Width, sum);
            }

            if (k < size)
            {
                sum = Add(Lanes.Load(from + k, size - k), other + k, size - k, sum);
            }

            return Vector512.Sum(sum);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<float> Add(Vector512<float> value, float* other, int left, Vector512<float> sum)
        {
            Vector512<float> difference = value - Lanes.Load(other, left);
            return Vector512.MultiplyAddEstimate(difference, difference, sum);
        }
    }

    // Computes the gradient of the rows `own` that were compared with the rows `other`; the gradient of the pair (r, s)
    // is at dy[r * rowStride + s * otherStride].
    private readonly struct BackwardJob(
        PositionParts parts, float* own, float* other, float* dy, int rowStride, int otherStride, float* target,
        int others, int size, bool add) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (row, endRow, start, end) = parts.Block(part);
            for (; row < endRow; row++)
            {
                float* from = own + ((long)row * size), to = target + ((long)row * size);
                float* gradient = dy + ((long)row * rowStride);
                int k = start;
                for (; k <= end - (2 * Lanes.Width); k += 2 * Lanes.Width)
                {
                    Two(from + k, other + k, gradient, to + k);
                }

                for (; k < end; k += Lanes.Width)
                {
                    One(from + k, other + k, gradient, to + k, end - k);
                }
            }
        }

        private void One(float* from, float* other, float* gradient, float* to, int left)
        {
            Vector512<float> value = Lanes.Load(from, left), sum = default;
            for (int s = 0; s < others; s++)
            {
                Vector512<float> weight = Vector512.Create(gradient[(long)s * otherStride]);
                sum = Vector512.MultiplyAddEstimate(weight, value - Lanes.Load(other, left), sum);
                other += size;
            }

            Lanes.Store((add ? Lanes.Load(to, left) : default) + sum + sum, to, left);
        }

        private void Two(float* from, float* other, float* gradient, float* to)
        {
            Vector512<float> x0 = Vector512.Load(from), x1 = Vector512.Load(from + Lanes.Width);
            Vector512<float> s0 = default, s1 = default;
            for (int s = 0; s < others; s++)
            {
                Vector512<float> weight = Vector512.Create(gradient[(long)s * otherStride]);
                s0 = Vector512.MultiplyAddEstimate(weight, x0 - Vector512.Load(other), s0);
                s1 = Vector512.MultiplyAddEstimate(weight, x1 - Vector512.Load(other + Lanes.Width), s1);
                other += size;
            }

            Vector512<float> old0 = add ? Vector512.Load(to) : default;
            Vector512<float> old1 = add ? Vector512.Load(to + Lanes.Width) : default;
            (old0 + s0 + s0).Store(to);
            (old1 + s1 + s1).Store(to + Lanes.Width);
        }
    }
}
