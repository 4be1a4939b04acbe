using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// The greatest value of each window and where it was: index h * W + w in its plane, the first of equals; -1 and
/// -FLT_MAX where a window lies outside the image.
/// </summary>
public static unsafe class MaxPooling
{
    // Planes a part: fixed, so that parts do not depend on the threads.
    private const int PlanesPerPart = 16;

    /// <summary>y and the indices from x.</summary>
    public static void Forward(float* x, float* y, int* indices, int planes, PoolingShape shape, WorkerPool pool)
    {
        var job = new ForwardJob(x, y, indices, planes, shape);
        pool.Run((planes + PlanesPerPart - 1) / PlanesPerPart, ref job);
    }

    /// <summary>dx from dy: each value goes to where its maximum was.</summary>
    public static void Backward(float* dy, int* indices, float* dx, int planes, PoolingShape shape, WorkerPool pool)
    {
        var job = new BackwardJob(dy, indices, dx, planes, shape);
        pool.Run((planes + PlanesPerPart - 1) / PlanesPerPart, ref job);
    }

    /// <summary>One plane, window by window.</summary>
    public static void ForwardReference(float* x, float* y, int* indices, PoolingShape shape)
    {
        for (int row = 0; row < shape.PooledHeight; row++)
        {
            for (int column = 0; column < shape.PooledWidth; column++)
            {
                PoolingShape.Window window = shape.At(row, column);
                float max = float.MinValue;
                int at = -1;
                for (int h = window.Top; h < window.Bottom; h++)
                {
                    for (int w = window.Left; w < window.Right; w++)
                    {
                        if (x[(h * shape.Width) + w] > max)
                        {
                            at = (h * shape.Width) + w;
                            max = x[at];
                        }
                    }
                }

                y[(row * shape.PooledWidth) + column] = max;
                indices[(row * shape.PooledWidth) + column] = at;
            }
        }
    }

    private readonly struct ForwardJob(float* x, float* y, int* indices, int planes, PoolingShape shape) : IParts
    {
        public void Run(int part, int worker)
        {
            // Whole windows two by two, the usual case, need no clipping.
            bool isPair = shape is
            {
                KernelHeight: 2, KernelWidth: 2, StrideHeight: 2, StrideWidth: 2, PadHeight: 0, PadWidth: 0,
            } && shape.PooledHeight * 2 <= shape.Height && shape.PooledWidth * 2 <= shape.Width;
            int end = Math.Min(planes, (part + 1) * PlanesPerPart);
            for (int plane = part * PlanesPerPart; plane < end; plane++)
            {
                float* from = x + ((long)plane * shape.PlaneSize);
                float* to = y + ((long)plane * shape.PooledSize);
                int* at = indices + ((long)plane * shape.PooledSize);
                if (isPair)
                {
                    Pairs(from, to, at);
                }
                else
                {
                    ForwardReference(from, to, at, shape);
                }
            }
        }

        private void Pairs(float* from, float* to, int* at)
        {
            for (int row = 0; row < shape.PooledHeight; row++)
            {
                int start = row * 2 * shape.Width;
                int column = 0;
                for (; column <= shape.PooledWidth - 4; column += 4)
                {
                    // Eight pixels of two rows; even and odd columns apart, so that a lane is a window.
                    int i = start + (column * 2);
                    Vector128<float> a = Vector128.Load(from + i), b = Vector128.Load(from + i + 4);
                    Vector128<float> c = Vector128.Load(from + i + shape.Width), d = Vector128.Load(from + i + shape.Width + 4);
                    Vector128<int> first = Vector128.Create(i) + Vector128.Create(0, 2, 4, 6);
                    Vector128<float> best = Even(a, b);
                    Vector128<int> where = first;
                    Take(Odd(a, b), first + Vector128.Create(1), ref best, ref where);
                    Take(Even(c, d), first + Vector128.Create(shape.Width), ref best, ref where);
                    Take(Odd(c, d), first + Vector128.Create(shape.Width + 1), ref best, ref where);
                    best.Store(to + (row * shape.PooledWidth) + column);
                    where.Store(at + (row * shape.PooledWidth) + column);
                }

                for (; column < shape.PooledWidth; column++)
                {
                    int i = start + (column * 2);
                    int best = from[i + 1] > from[i] ? i + 1 : i;
                    best = from[i + shape.Width] > from[best] ? i + shape.Width : best;
                    best = from[i + shape.Width + 1] > from[best] ? i + shape.Width + 1 : best;
                    to[(row * shape.PooledWidth) + column] = from[best];
                    at[(row * shape.PooledWidth) + column] = best;
                }
            }
        }

        private static Vector128<float> Even(Vector128<float> a, Vector128<float> b) => Vector128.Create(
            Vector128.Shuffle(a, Vector128.Create(0, 2, 0, 2)).GetLower(),
            Vector128.Shuffle(b, Vector128.Create(0, 2, 0, 2)).GetLower());

        private static Vector128<float> Odd(Vector128<float> a, Vector128<float> b) => Vector128.Create(
            Vector128.Shuffle(a, Vector128.Create(1, 3, 1, 3)).GetLower(),
            Vector128.Shuffle(b, Vector128.Create(1, 3, 1, 3)).GetLower());

        private static void Take(
            Vector128<float> value, Vector128<int> index, ref Vector128<float> best, ref Vector128<int> where)
        {
            Vector128<float> better = Vector128.GreaterThan(value, best);
            best = Vector128.ConditionalSelect(better, value, best);
            where = Vector128.ConditionalSelect(better.AsInt32(), index, where);
        }
    }

    private readonly struct BackwardJob(float* dy, int* indices, float* dx, int planes, PoolingShape shape) : IParts
    {
        public void Run(int part, int worker)
        {
            int first = part * PlanesPerPart, end = Math.Min(planes, first + PlanesPerPart);
            new Span<float>(dx + ((long)first * shape.PlaneSize), (end - first) * shape.PlaneSize).Clear();
            for (int plane = first; plane < end; plane++)
            {
                float* to = dx + ((long)plane * shape.PlaneSize);
                long from = (long)plane * shape.PooledSize;
                for (int i = 0; i < shape.PooledSize; i++)
                {
                    int at = indices[from + i];
                    if (at >= 0)
                    {
                        to[at] += dy[from + i];
                    }
                }
            }
        }
    }
}
