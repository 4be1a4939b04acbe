using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Softmax;

/// <content>The backward pass.</content>
internal static unsafe partial class SoftmaxKernel
{
    private readonly struct BackwardJob(
        PositionParts parts, float* y, float* dy, float* dx, int channels, int inner) : IParallelJob
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
                for (; i <= end - Lanes.Width; i += Lanes.Width)
                {
                    Columns(y + at + i, dy + at + i, dx + at + i, Lanes.Width);
                }

                if (i < end)
                {
                    Columns(y + at + i, dy + at + i, dx + at + i, end - i);
                }
            }
        }

        private static void Row(float* y, float* dy, float* dx, int count)
        {
            Vector512<float> dots = default;
            int i = 0;
            for (; i <= count - Lanes.Width; i += Lanes.Width)
            {
                dots += Vector512.Load(y + i) * Vector512.Load(dy + i);
            }

            if (i < count)
            {
                dots += Lanes.Load(y + i, count - i) * Lanes.Load(dy + i, count - i);
            }

            Vector512<float> dot = Vector512.Create(Vector512.Sum(dots));
            for (i = 0; i <= count - Lanes.Width; i += Lanes.Width)
            {
                (Vector512.Load(y + i) * (Vector512.Load(dy + i) - dot)).Store(dx + i);
            }

            if (i < count)
            {
                int left = count - i;
                Lanes.Store(Lanes.Load(y + i, left) * (Lanes.Load(dy + i, left) - dot), dx + i, left);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Columns(float* y, float* dy, float* dx, int left)
        {
            Vector512<float> dot = default;
            for (int c = 0; c < channels; c++)
            {
                long p = (long)c * inner;
                dot += Lanes.Load(y + p, left) * Lanes.Load(dy + p, left);
            }

            for (int c = 0; c < channels; c++)
            {
                long p = (long)c * inner;
                Lanes.Store(Lanes.Load(y + p, left) * (Lanes.Load(dy + p, left) - dot), dx + p, left);
            }
        }
    }
}
