using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Resize;

/// <summary>
/// Bilinear resizing: y[i, j] is the mean of the four pixels of x around it, weighted by nearness as
/// <see cref="ResizeTaps"/> says for rows and columns. A row of y first blends two rows of x, in vectors, and then the
/// pixels of the blend; the gradient goes the same way back. A part is a plane.
/// </summary>
internal static unsafe class BilinearResize
{
    /// <summary>Computes y from x.</summary>
    public static void Forward(
        float* x, float* y, ResizeShape shape, ResizeTaps rows, ResizeTaps columns, WorkerPool pool)
    {
        KernelGuard.Array(x, shape.Planes, shape.PlaneSize);
        KernelGuard.Array(y, shape.Planes, shape.OutPlaneSize);
        var job = new ForwardJob(x, y, shape, rows, columns, pool);
        pool.Run(shape.Planes, ref job);
    }

    /// <summary>Computes dx from dy; overwrites all of dx, what is not read with 0.</summary>
    public static void Backward(
        float* dy, float* dx, ResizeShape shape, ResizeTaps rows, ResizeTaps columns, WorkerPool pool)
    {
        KernelGuard.Array(dx, shape.Planes, shape.PlaneSize);
        KernelGuard.Array(dy, shape.Planes, shape.OutPlaneSize);
        var job = new BackwardJob(dy, dx, shape, rows, columns, pool);
        pool.Run(shape.Planes, ref job);
    }

    /// <summary>Computes one plane of y, value by value.</summary>
    public static void ForwardReference(float* x, float* y, ResizeShape shape, ResizeTaps rows, ResizeTaps columns)
    {
        int channels = shape.Channels;
        for (int i = 0; i < shape.OutHeight; i++)
        {
            for (int j = 0; j < shape.OutWidth; j++)
            {
                for (int c = 0; c < channels; c++)
                {
                    float* low = x + shape.First + (rows.Low[i] * shape.RowSize) + c;
                    float* high = x + shape.First + (rows.High[i] * shape.RowSize) + c;
                    int left = columns.Low[j] * channels, right = columns.High[j] * channels;
                    double down = rows.Share[i], across = columns.Share[j];
                    *y++ = (float)(
                        ((1 - down) * (((1 - across) * low[left]) + (across * low[right])))
                        + (down * (((1 - across) * high[left]) + (across * high[right]))));
                }
            }
        }
    }

    private readonly struct ForwardJob(
        float* x, float* y, ResizeShape shape, ResizeTaps rows, ResizeTaps columns, WorkerPool pool) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int channels = shape.Channels, length = shape.Width * channels;
            float* blend = pool.Scratch(worker, ScratchSlot.Layer, length);
            float* plane = x + ((nint)part * shape.PlaneSize) + shape.First;
            float* to = y + ((nint)part * shape.OutPlaneSize);
            for (int i = 0; i < shape.OutHeight; i++)
            {
                Blend(
                    plane + ((nint)rows.Low[i] * shape.RowSize), plane + ((nint)rows.High[i] * shape.RowSize),
                    rows.Share[i], blend, length);
                for (int j = 0; j < shape.OutWidth; j++)
                {
                    float* left = blend + (columns.Low[j] * channels), right = blend + (columns.High[j] * channels);
                    float share = columns.Share[j], rest = 1 - share;
                    for (int c = 0; c < channels; c++)
                    {
                        *to++ = (rest * left[c]) + (share * right[c]);
                    }
                }
            }
        }

        private static void Blend(float* low, float* high, float share, float* to, int count)
        {
            Vector512<float> upper = Vector512.Create(share), lower = Vector512.Create(1 - share);
            for (int i = 0; i < count; i += Lanes.Width)
            {
                int left = count - i;
                Lanes.Store((Lanes.Load(low + i, left) * lower) + (Lanes.Load(high + i, left) * upper), to + i, left);
            }
        }
    }

    private readonly struct BackwardJob(
        float* dy, float* dx, ResizeShape shape, ResizeTaps rows, ResizeTaps columns, WorkerPool pool) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int channels = shape.Channels, length = shape.Width * channels;
            float* blend = pool.Scratch(worker, ScratchSlot.Layer, length);
            float* whole = dx + ((nint)part * shape.PlaneSize), plane = whole + shape.First;
            float* from = dy + ((nint)part * shape.OutPlaneSize);
            new Span<float>(whole, shape.PlaneSize).Clear();
            for (int i = 0; i < shape.OutHeight; i++)
            {
                new Span<float>(blend, length).Clear();
                for (int j = 0; j < shape.OutWidth; j++)
                {
                    float* left = blend + (columns.Low[j] * channels), right = blend + (columns.High[j] * channels);
                    float share = columns.Share[j], rest = 1 - share;
                    for (int c = 0; c < channels; c++)
                    {
                        float value = *from++;
                        left[c] += rest * value;
                        right[c] += share * value;
                    }
                }

                Add(blend, 1 - rows.Share[i], plane + ((nint)rows.Low[i] * shape.RowSize), length);
                Add(blend, rows.Share[i], plane + ((nint)rows.High[i] * shape.RowSize), length);
            }
        }

        private static void Add(float* from, float factor, float* to, int count)
        {
            if (factor == 0)
            {
                return;
            }

            Vector512<float> factors = Vector512.Create(factor);
            for (int i = 0; i < count; i += Lanes.Width)
            {
                int left = count - i;
                Lanes.Store(Lanes.Load(to + i, left) + (Lanes.Load(from + i, left) * factors), to + i, left);
            }
        }
    }
}
