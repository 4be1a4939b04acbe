using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// Pooling over length, rows and columns: the greatest value of each window, whose gradient goes to every value that
/// equals it, or the mean, divided by the window's volume with its padding. A part is a channel.
/// </summary>
internal static unsafe class VolumePooling
{
    /// <summary>Computes y [channels, pooled volume] from x [channels, volume].</summary>
    public static void Forward(float* x, float* y, int channels, VolumeShape shape, bool isMean, WorkerPool pool)
    {
        KernelGuard.Array(x, channels, shape.Volume);
        KernelGuard.Array(y, channels, shape.PooledVolume);
        var job = new ForwardJob(x, y, shape, isMean);
        pool.Run(channels, ref job);
    }

    /// <summary>Computes dx from dy; the maxima need x and y.</summary>
    public static void Backward(
        float* x, float* y, float* dy, float* dx, int channels, VolumeShape shape, bool isMean, WorkerPool pool)
    {
        KernelGuard.Array(x, channels, shape.Volume);
        KernelGuard.Array(dx, channels, shape.Volume);
        KernelGuard.Array(y, channels, shape.PooledVolume);
        KernelGuard.Array(dy, channels, shape.PooledVolume);
        var job = new BackwardJob(x, y, dy, dx, shape, isMean);
        pool.Run(channels, ref job);
    }

    private readonly struct ForwardJob(float* x, float* y, VolumeShape shape, bool isMean) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            float* channel = x + ((nint)part * shape.Volume), to = y + ((nint)part * shape.PooledVolume);
            for (int l = 0; l < shape.Pooled[0]; l++)
            {
                var (front, back, length) = shape.At(0, l);
                for (int h = 0; h < shape.Pooled[1]; h++)
                {
                    var (top, bottom, rows) = shape.At(1, h);
                    for (int w = 0; w < shape.Pooled[2]; w++)
                    {
                        var (left, right, columns) = shape.At(2, w);
                        float sum = 0, most = float.MinValue;
                        for (int plane = front; plane < back; plane++)
                        {
                            for (int row = top; row < bottom; row++)
                            {
                                nint start = (((plane * shape.Size[1]) + row) * (nint)shape.Size[2]) + left;
                                float* from = channel + start;
                                for (int i = 0; i < right - left; i++)
                                {
                                    sum += from[i];
                                    most = from[i] > most ? from[i] : most;
                                }
                            }
                        }

                        *to++ = isMean ? sum / ((float)length * rows * columns) : most;
                    }
                }
            }
        }
    }

    private readonly struct BackwardJob(float* x, float* y, float* dy, float* dx, VolumeShape shape, bool isMean)
        : IParallelJob
    {
        public void Run(int part, int worker)
        {
            nint start = (nint)part * shape.Volume, at = (nint)part * shape.PooledVolume;
            new Span<float>(dx + start, shape.Volume).Clear();
            for (int l = 0; l < shape.Pooled[0]; l++)
            {
                var (front, back, length) = shape.At(0, l);
                for (int h = 0; h < shape.Pooled[1]; h++)
                {
                    var (top, bottom, rows) = shape.At(1, h);
                    for (int w = 0; w < shape.Pooled[2]; w++, at++)
                    {
                        var (left, right, columns) = shape.At(2, w);
                        float value = isMean ? dy[at] / ((float)length * rows * columns) : dy[at];
                        for (int plane = front; plane < back; plane++)
                        {
                            for (int row = top; row < bottom; row++)
                            {
                                nint from = start + (((plane * shape.Size[1]) + row) * (nint)shape.Size[2]);
                                for (nint i = from + left; i < from + right; i++)
                                {
                                    dx[i] += isMean || x[i] == y[at] ? value : 0;
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
