using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Softmax;

/// <content>The way back.</content>
internal static unsafe partial class SoftmaxKernel
{
    private readonly struct BackwardJob(
        PositionParts parts, float* y, float* dy, float* dx, int channels, int inner) : IParts
    {
        public void Run(int part, int worker)
        {
            var (item, endItem, start, end) = parts.Block(part);
            for (; item < endItem; item++)
            {
                long at = (long)item * channels * inner;
                if (inner == 1)
                {
                    Row(y + at, dy + at, dx + at, channels);
                    continue;
                }

                int i = start;
                for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
                {
                    Columns(y + at + i, dy + at + i, dx + at + i);
                }

                for (; i < end; i++)
                {
                    Column(y + at + i, dy + at + i, dx + at + i);
                }
            }
        }

        private static void Row(float* y, float* dy, float* dx, int count)
        {
            Vector512<float> dots = default;
            float dot = 0;
            int i = 0;
            for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                dots += Vector512.Load(y + i) * Vector512.Load(dy + i);
            }

            for (; i < count; i++)
            {
                dot += y[i] * dy[i];
            }

            dot += Vector512.Sum(dots);
            for (i = 0; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                (Vector512.Load(y + i) * (Vector512.Load(dy + i) - Vector512.Create(dot))).Store(dx + i);
            }

            for (; i < count; i++)
            {
                dx[i] = y[i] * (dy[i] - dot);
            }
        }

        private void Columns(float* y, float* dy, float* dx)
        {
            Vector512<float> dot = default;
            for (int c = 0; c < channels; c++)
            {
                dot += Vector512.Load(y + ((long)c * inner)) * Vector512.Load(dy + ((long)c * inner));
            }

            for (int c = 0; c < channels; c++)
            {
                long p = (long)c * inner;
                (Vector512.Load(y + p) * (Vector512.Load(dy + p) - dot)).Store(dx + p);
            }
        }

        private void Column(float* y, float* dy, float* dx)
        {
            float dot = 0;
            for (int c = 0; c < channels; c++)
            {
                dot += dy[(long)c * inner] * y[(long)c * inner];
            }

            for (int c = 0; c < channels; c++)
            {
                long p = (long)c * inner;
                dx[p] = y[p] * (dy[p] - dot);
            }
        }
    }
}
