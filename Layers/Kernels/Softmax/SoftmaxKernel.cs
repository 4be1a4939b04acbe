using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Softmax;

/// <summary>
/// Softmax over the middle axis of [outer, channels, inner]: <c>y_c = e^(x_c - max) / sum_k e^(x_k - max)</c>, and back
/// <c>dx_c = y_c (dy_c - sum_k dy_k y_k)</c>.
/// </summary>
internal static unsafe partial class SoftmaxKernel
{
    /// <summary>y from x; they may be the same.</summary>
    public static void Forward(float* x, float* y, int outer, int channels, int inner, WorkerPool pool)
    {
        var parts = new PositionParts(outer, channels, inner);
        var job = new ForwardJob(parts, x, y, channels, inner);
        pool.Run(channels == 0 ? 0 : parts.Count, ref job);
    }

    /// <summary>dx from y and dy; dx and dy may be the same.</summary>
    public static void Backward(float* y, float* dy, float* dx, int outer, int channels, int inner, WorkerPool pool)
    {
        var parts = new PositionParts(outer, channels, inner);
        var job = new BackwardJob(parts, y, dy, dx, channels, inner);
        pool.Run(channels == 0 ? 0 : parts.Count, ref job);
    }

    private readonly struct ForwardJob(PositionParts parts, float* x, float* y, int channels, int inner) : IParts
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
                for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
                {
                    Columns(x + at + i, y + at + i);
                }

                for (; i < end; i++)
                {
                    Column(x + at + i, y + at + i);
                }
            }
        }

        private static void Row(float* x, float* y, int count)
        {
            float max = Max(x, count), sum = 0;
            Vector512<float> sums = default;
            int i = 0;
            for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<float> e = ExpMath.Exp(Vector512.Load(x + i) - Vector512.Create(max));
                e.Store(y + i);
                sums += e;
            }

            for (; i < count; i++)
            {
                y[i] = MathF.Exp(x[i] - max);
                sum += y[i];
            }

            sum += Vector512.Sum(sums);
            for (i = 0; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                (Vector512.Load(y + i) / Vector512.Create(sum)).Store(y + i);
            }

            for (; i < count; i++)
            {
                y[i] /= sum;
            }
        }

        private static float Max(float* x, int count)
        {
            float max = float.NegativeInfinity;
            int i = 0;
            if (count >= Vector512<float>.Count)
            {
                Vector512<float> most = Vector512.Load(x);
                for (i = Vector512<float>.Count; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
                {
                    most = Vector512.Max(most, Vector512.Load(x + i));
                }

                for (int lane = 0; lane < Vector512<float>.Count; lane++)
                {
                    max = MathF.Max(max, most[lane]);
                }
            }

            for (; i < count; i++)
            {
                max = MathF.Max(max, x[i]);
            }

            return max;
        }

        private void Columns(float* from, float* to)
        {
            Vector512<float> max = Vector512.Load(from), sum = Vector512<float>.Zero;
            for (int c = 1; c < channels; c++)
            {
                max = Vector512.Max(max, Vector512.Load(from + ((long)c * inner)));
            }

            for (int c = 0; c < channels; c++)
            {
                Vector512<float> e = ExpMath.Exp(Vector512.Load(from + ((long)c * inner)) - max);
                e.Store(to + ((long)c * inner));
                sum += e;
            }

            for (int c = 0; c < channels; c++)
            {
                (Vector512.Load(to + ((long)c * inner)) / sum).Store(to + ((long)c * inner));
            }
        }

        private void Column(float* from, float* to)
        {
            float max = from[0], sum = 0;
            for (int c = 1; c < channels; c++)
            {
                max = MathF.Max(max, from[(long)c * inner]);
            }

            for (int c = 0; c < channels; c++)
            {
                float e = MathF.Exp(from[(long)c * inner] - max);
                to[(long)c * inner] = e;
                sum += e;
            }

            for (int c = 0; c < channels; c++)
            {
                to[(long)c * inner] /= sum;
            }
        }
    }
}
