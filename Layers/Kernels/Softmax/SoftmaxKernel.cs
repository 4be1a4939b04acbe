using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Softmax;

/// <summary>
/// Softmax over the middle axis of [outer, channels, inner]: <c>y_c = e^(x_c - max) / sum_k e^(x_k - max)</c>, with the
/// gradient <c>dx_c = y_c (dy_c - sum_k dy_k y_k)</c>.
/// </summary>
internal static unsafe partial class SoftmaxKernel
{
    /// <summary>Computes y from x; they may be the same.</summary>
    public static void Forward(float* x, float* y, int outer, int channels, int inner, WorkerPool pool)
    {
        KernelGuard.Array(x, outer, channels, inner);
        KernelGuard.Array(y, outer, channels, inner);
        KernelGuard.SameOrApart(x, y, (long)outer * channels * inner);
        var parts = new PositionParts(outer, channels, inner);
        var job = new ForwardJob(parts, x, y, channels, inner);
        pool.Run(channels == 0 ? 0 : parts.Count, ref job);
    }

    /// <summary>Computes dx from y and dy; dx and dy may be the same.</summary>
    public static void Backward(float* y, float* dy, float* dx, int outer, int channels, int inner, WorkerPool pool)
    {
        KernelGuard.Array(y, outer, channels, inner);
        KernelGuard.Array(dy, outer, channels, inner);
        KernelGuard.Array(dx, outer, channels, inner);
        KernelGuard.SameOrApart(dy, dx, (long)outer * channels * inner);
        KernelGuard.SameOrApart(y, dx, (long)outer * channels * inner);
        var parts = new PositionParts(outer, channels, inner);
        var job = new BackwardJob(parts, y, dy, dx, channels, inner);
        pool.Run(channels == 0 ? 0 : parts.Count, ref job);
    }

    private readonly struct ForwardJob(PositionParts parts, float* x, float* y, int channels, int inner) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (item, endItem, start, end) = parts.Block(part);
            for (; item < endItem; item++)
            {
                long at = (long)item * channels * inner;
                if (inner == 1)
                {
                    Row(x + at, y + at, channels);
                    continue;
                }

                int i = start;
                for (; i <= end - Lanes.Width; i += Lanes.Width)
                {
                    Columns(x + at + i, y + at + i, Lanes.Width);
                }

                if (i < end)
                {
                    Columns(x + at + i, y + at + i, end - i);
                }
            }
        }

        private static void Row(float* x, float* y, int count)
        {
            Vector512<float> max = Vector512.Create(Max(x, count)), sums = default;
            int i = 0;
            for (; i <= count - Lanes.Width; i += Lanes.Width)
            {
                Vector512<float> e = ExpMath.Exp(Vector512.Load(x + i) - max);
                e.Store(y + i);
                sums += e;
            }

            if (i < count)
            {
                Vector512<float> e = ExpMath.Exp(Lanes.Load(x + i, count - i) - max);
                Lanes.Store(e, y + i, count - i);
                sums += Lanes.First(e, count - i);
            }

            Vector512<float> sum = Vector512.Create(Vector512.Sum(sums));
            for (i = 0; i <= count - Lanes.Width; i += Lanes.Width)
            {
                (Vector512.Load(y + i) / sum).Store(y + i);
            }

            if (i < count)
            {
                Lanes.Store(Lanes.Load(y + i, count - i) / sum, y + i, count - i);
            }
        }

        private static float Max(float* x, int count)
        {
            // Lanes beyond the end hold the first value, which is in the row.
            Vector512<float> most = Vector512.Create(*x);
            int i = 0;
            for (; i <= count - Lanes.Width; i += Lanes.Width)
            {
                most = Vector512.Max(most, Vector512.Load(x + i));
            }

            if (i < count)
            {
                Vector512<float> tail = Vector512.ConditionalSelect(
                    VectorMask.First512(count - i), Lanes.Load(x + i, count - i), most);
                most = Vector512.Max(most, tail);
            }

            Vector256<float> eight = Vector256.Max(most.GetLower(), most.GetUpper());
            Vector128<float> four = Vector128.Max(eight.GetLower(), eight.GetUpper());
            return MathF.Max(MathF.Max(four[0], four[1]), MathF.Max(four[2], four[3]));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Columns(float* from, float* to, int left)
        {
            Vector512<float> max = Lanes.Load(from, left), sum = Vector512<float>.Zero;
            for (int c = 1; c < channels; c++)
            {
                max = Vector512.Max(max, Lanes.Load(from + ((long)c * inner), left));
            }

            for (int c = 0; c < channels; c++)
            {
                Vector512<float> e = ExpMath.Exp(Lanes.Load(from + ((long)c * inner), left) - max);
                Lanes.Store(e, to + ((long)c * inner), left);
                sum += e;
            }

            for (int c = 0; c < channels; c++)
            {
                Lanes.Store(Lanes.Load(to + ((long)c * inner), left) / sum, to + ((long)c * inner), left);
            }
        }
    }
}
