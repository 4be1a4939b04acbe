using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Resize;

/// <summary>
/// Resizing by copying: y[i, j] is the pixel of x that <see cref="ResizeTaps.Low"/> says for its row and its column. A
/// pixel's gradient is the sum over its copies. A part is a plane.
/// </summary>
internal static unsafe class NearestResize
{
    /// <summary>Computes y from x.</summary>
    public static void Forward(
        float* x, float* y, ResizeShape shape, ResizeTaps rows, ResizeTaps columns, WorkerPool pool)
    {
        KernelGuard.Array(x, shape.Planes, shape.PlaneSize);
        KernelGuard.Array(y, shape.Planes, shape.OutPlaneSize);
        var job = new ForwardJob(x, y, shape, rows, columns);
        pool.Run(shape.Planes, ref job);
    }

    /// <summary>Computes dx from dy; overwrites dx.</summary>
    public static void Backward(
        float* dy, float* dx, ResizeShape shape, ResizeTaps rows, ResizeTaps columns, WorkerPool pool)
    {
        KernelGuard.Array(dx, shape.Planes, shape.PlaneSize);
        KernelGuard.Array(dy, shape.Planes, shape.OutPlaneSize);
        var job = new BackwardJob(dy, dx, shape, rows, columns);
        pool.Run(shape.Planes, ref job);
    }

    private readonly struct ForwardJob(
        float* x, float* y, ResizeShape shape, ResizeTaps rows, ResizeTaps columns) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int channels = shape.Channels, length = shape.OutWidth * channels;
            float* plane = x + ((nint)part * shape.PlaneSize) + shape.First;
            float* to = y + ((nint)part * shape.OutPlaneSize);
            for (int i = 0; i < shape.OutHeight; i++, to += length)
            {
                // A row that reads what the row before it read is its copy.
                if (i > 0 && rows.Low[i] == rows.Low[i - 1])
                {
                    new ReadOnlySpan<float>(to - length, length).CopyTo(new Span<float>(to, length));
                    continue;
                }

                float* row = plane + ((nint)rows.Low[i] * shape.RowSize);
                for (int j = 0, at = 0; j < shape.OutWidth; j++)
                {
                    float* pixel = row + (columns.Low[j] * channels);
                    for (int c = 0; c < channels; c++)
                    {
                        to[at++] = pixel[c];
                    }
                }
            }
        }
    }

    private readonly struct BackwardJob(
        float* dy, float* dx, ResizeShape shape, ResizeTaps rows, ResizeTaps columns) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int channels = shape.Channels;
            float* whole = dx + ((nint)part * shape.PlaneSize), plane = whole + shape.First;
            float* from = dy + ((nint)part * shape.OutPlaneSize);
            new Span<float>(whole, shape.PlaneSize).Clear();
            for (int i = 0; i < shape.OutHeight; i++)
            {
                float* row = plane + ((nint)rows.Low[i] * shape.RowSize);
                for (int j = 0; j < shape.OutWidth; j++, from += channels)
                {
                    float* pixel = row + (columns.Low[j] * channels);
                    if (channels >= Lanes.Width)
                    {
                        SumKernel.AddTo(pixel, from, channels);
                        continue;
                    }

                    for (int c = 0; c < channels; c++)
                    {
                        pixel[c] += from[c];
                    }
                }
            }
        }
    }
}
