using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels.Softmax;

/// <summary>
/// Softmax over the middle axis of [outer, channels, inner]: <c>y_c = e^(x_c - max) / sum_k e^(x_k - max)</c>, and back
/// <c>dx_c = y_c (dy_c - sum_k dy_k y_k)</c>.
/// </summary>
public static unsafe class SoftmaxKernel
{
    // Outer items a part; fixed, so that results do not depend on the threads.
    private const int ItemsPerPart = 16;

    /// <summary>y from x; they may be the same.</summary>
    public static void Forward(float* x, float* y, int outer, int channels, int inner, WorkerPool pool)
    {
        var job = new ForwardJob(x, y, outer, channels, inner);
        pool.Run((outer + ItemsPerPart - 1) / ItemsPerPart, ref job);
    }

    /// <summary>dx from y and dy; dx and dy may be the same.</summary>
    public static void Backward(float* y, float* dy, float* dx, int outer, int channels, int inner, WorkerPool pool)
    {
        var job = new BackwardJob(y, dy, dx, outer, channels, inner);
        pool.Run((outer + ItemsPerPart - 1) / ItemsPerPart, ref job);
    }

    private readonly struct ForwardJob(float* x, float* y, int outer, int channels, int inner) : IParts
    {
        public void Run(int part, int worker)
        {
            int end = Math.Min(outer, (part + 1) * ItemsPerPart);
            for (int item = part * ItemsPerPart; item < end; item++)
            {
                long at = (long)item * channels * inner;
                if (inner == 1)
                {
                    Row(x + at, y + at, channels);
                    continue;
                }

                int i = 0;
                for (; i <= inner - Vector512<float>.Count; i += Vector512<float>.Count)
                {
                    Columns(x + at + i, y + at + i);
                }

                for (; i < inner; i++)
                {
                    Column(x + at + i, y + at + i);
                }
            }
        }

        private static void Row(float* x, float* y, int count)
        {
            float max = float.NegativeInfinity;
            for (int i = 0; i < count; i++)
            {
                max = MathF.Max(max, x[i]);
            }

            int v = 0;
            for (; v <= count - Vector512<float>.Count; v += Vector512<float>.Count)
            {
                Vector512.Exp(Vector512.Load(x + v) - Vector512.Create(max)).Store(y + v);
            }

            for (; v < count; v++)
            {
                y[v] = MathF.Exp(x[v] - max);
            }

            float sum = 0;
            for (int i = 0; i < count; i++)
            {
                sum += y[i];
            }

            for (int i = 0; i < count; i++)
            {
                y[i] /= sum;
            }
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
                Vector512<float> e = Vector512.Exp(Vector512.Load(from + ((long)c * inner)) - max);
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

    private readonly struct BackwardJob(float* y, float* dy, float* dx, int outer, int channels, int inner) : IParts
    {
        public void Run(int part, int worker)
        {
            int end = Math.Min(outer, (part + 1) * ItemsPerPart);
            for (int item = part * ItemsPerPart; item < end; item++)
            {
                for (int i = 0; i < inner; i++)
                {
                    long at = ((long)item * channels * inner) + i;
                    float dot = 0;
                    for (int c = 0; c < channels; c++)
                    {
                        dot += dy[at + ((long)c * inner)] * y[at + ((long)c * inner)];
                    }

                    for (int c = 0; c < channels; c++)
                    {
                        long p = at + ((long)c * inner);
                        dx[p] = y[p] * (dy[p] - dot);
                    }
                }
            }
        }
    }
}
