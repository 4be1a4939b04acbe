using System.Diagnostics;
using Cnn.Fillers;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// Stochastic pooling of activations that are 0 or more (Zeiler and Fergus, "Stochastic pooling for regularization of
/// deep convolutional neural networks", ICLR 2013): in training one value of the window, drawn with a probability
/// proportional to it; in testing the mean weighted by those probabilities, <c>sum x^2 / sum x</c>. Windows of zeros
/// give 0.
/// </summary>
internal static unsafe class StochasticPooling
{
    private const int PlanesPerPart = 16;

    /// <summary>
    /// Computes y, and the place that each value was drawn from (see <see cref="MaxPooling.Backward"/>), from x.
    /// </summary>
    /// <param name="x">The planes.</param>
    /// <param name="y">The drawn values.</param>
    /// <param name="indices">The places of the drawn values; -1 for windows of zeros.</param>
    /// <param name="planes">How many planes.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="key">The key of the draws; each window's draw is a function of (key, pass, window).</param>
    /// <param name="pass">The forward pass.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Sample(
        float* x, float* y, int* indices, int planes, PoolingShape shape, ulong key, ulong pass, WorkerPool pool)
    {
        Require(x, y, planes, shape);
        KernelGuard.Array(indices, planes, shape.PooledHeight, shape.PooledWidth);
        var job = new Job(x, y, indices, planes, shape, key, pass);
        pool.Run((planes + PlanesPerPart - 1) / PlanesPerPart, ref job);
    }

    /// <summary>Computes the weighted means y from x.</summary>
    public static void Mean(float* x, float* y, int planes, PoolingShape shape, WorkerPool pool)
    {
        Require(x, y, planes, shape);
        var job = new Job(x, y, null, planes, shape, 0, 0);
        pool.Run((planes + PlanesPerPart - 1) / PlanesPerPart, ref job);
    }

    /// <summary>
    /// Computes the gradient of <see cref="Mean"/>: <c>dx = dy (2 x - y) / sum x</c>, summed over the windows of a
    /// value.
    /// </summary>
    public static void MeanBackward(
        float* x, float* y, float* dy, float* dx, int planes, PoolingShape shape, WorkerPool pool)
    {
        Require(x, y, planes, shape);
        Require(dx, dy, planes, shape);
        KernelGuard.Apart(x, (long)planes * shape.PlaneSize, dx, (long)planes * shape.PlaneSize);
        var job = new MeanBackwardJob(x, y, dy, dx, planes, shape);
        pool.Run((planes + PlanesPerPart - 1) / PlanesPerPart, ref job);
    }

    [Conditional("DEBUG")]
    private static void Require(float* bottom, float* top, int planes, in PoolingShape shape)
    {
        KernelGuard.Array(bottom, planes, shape.Height, shape.Width);
        KernelGuard.Array(top, planes, shape.PooledHeight, shape.PooledWidth);
        KernelGuard.Apart(bottom, (long)planes * shape.PlaneSize, top, (long)planes * shape.PooledSize);
    }

    private readonly struct MeanBackwardJob(
        float* x, float* y, float* dy, float* dx, int planes, PoolingShape shape) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int end = Math.Min(planes, (part + 1) * PlanesPerPart);
            for (int plane = part * PlanesPerPart; plane < end; plane++)
            {
                long bottom = (long)plane * shape.PlaneSize;
                new Span<float>(dx + bottom, shape.PlaneSize).Clear();
                for (int i = 0; i < shape.PooledSize; i++)
                {
                    PoolingShape.Window window = shape.At(i / shape.PooledWidth, i % shape.PooledWidth);
                    Spread(window, x + bottom, dx + bottom, ((long)plane * shape.PooledSize) + i);
                }
            }
        }

        private void Spread(PoolingShape.Window window, float* from, float* to, long at)
        {
            float sum = 0;
            for (int h = window.Top; h < window.Bottom; h++)
            {
                for (int w = window.Left; w < window.Right; w++)
                {
                    sum += from[(h * shape.Width) + w];
                }
            }

            float scale = sum > 0 ? dy[at] / sum : 0;
            for (int h = window.Top; h < window.Bottom; h++)
            {
                for (int w = window.Left; w < window.Right; w++)
                {
                    to[(h * shape.Width) + w] += scale * ((2 * from[(h * shape.Width) + w]) - y[at]);
                }
            }
        }
    }

    private readonly struct Job(
        float* x, float* y, int* indices, int planes, PoolingShape shape, ulong key, ulong pass) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int end = Math.Min(planes, (part + 1) * PlanesPerPart);
            for (int plane = part * PlanesPerPart; plane < end; plane++)
            {
                float* from = x + ((long)plane * shape.PlaneSize);
                for (int i = 0; i < shape.PooledSize; i++)
                {
                    long at = ((long)plane * shape.PooledSize) + i;
                    PoolingShape.Window window = shape.At(i / shape.PooledWidth, i % shape.PooledWidth);
                    float sum = 0, squares = 0;
                    for (int h = window.Top; h < window.Bottom; h++)
                    {
                        for (int w = window.Left; w < window.Right; w++)
                        {
                            float value = from[(h * shape.Width) + w];
                            sum += value;
                            squares += value * value;
                        }
                    }

                    if (indices is null)
                    {
                        y[at] = sum > 0 ? squares / sum : 0;
                        continue;
                    }

                    int drawn = sum > 0 ? Draw(from, window, sum, (ulong)at) : -1;
                    indices[at] = drawn;
                    y[at] = drawn < 0 ? 0 : from[drawn];
                }
            }
        }

        private int Draw(float* from, PoolingShape.Window window, float sum, ulong index)
        {
            float threshold = (PhiloxRandom.Block(key, index, pass).A >> 8) * (1f / (1 << 24)) * sum;
            float running = 0;
            int last = -1;
            for (int h = window.Top; h < window.Bottom; h++)
            {
                for (int w = window.Left; w < window.Right; w++)
                {
                    int at = (h * shape.Width) + w;
                    if (from[at] > 0)
                    {
                        last = at;
                        running += from[at];
                        if (running > threshold)
                        {
                            return at;
                        }
                    }
                }
            }

            return last;
        }
    }
}
