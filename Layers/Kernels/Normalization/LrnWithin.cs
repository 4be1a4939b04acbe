using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Recurrent;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// Local response normalisation within a channel, as Caffe has it: <c>s = 1 + (alpha / n^2) * sum of x^2</c> over the
/// square of n x n pixels around, zeros beyond the edges, <c>y = x s^-beta</c>, and back
/// <c>dx = dy s^-beta - (2 alpha beta / n^2) x * sum of dy x s^-(beta + 1)</c> over the same square. A part is some
/// planes.
/// </summary>
internal static unsafe class LrnWithin
{
    /// <summary>y from x.</summary>
    public static void Forward<T>(T power, float* x, float* y, in LrnShape shape, WorkerPool pool)
        where T : struct, IInversePower
    {
        var job = new Job<T>(power, x, null, y, shape, pool);
        pool.Run(Parts(shape), ref job);
    }

    /// <summary>dx from x and dy.</summary>
    public static void Backward<T>(T power, float* x, float* dy, float* dx, in LrnShape shape, WorkerPool pool)
        where T : struct, IInversePower
    {
        var job = new Job<T>(power, x, dy, dx, shape, pool);
        pool.Run(Parts(shape), ref job);
    }

    private static int PlanesPerPart(in LrnShape shape) => Math.Max(1, ElementParts.Size / Math.Max(1, shape.Inner));

    private static int Parts(in LrnShape shape)
    {
        int each = PlanesPerPart(shape);
        return (int)((((long)shape.Images * shape.Channels) + each - 1) / each);
    }

    private readonly struct Job<T>(T power, float* x, float* dy, float* to, LrnShape shape, WorkerPool pool) : IParts
        where T : struct, IInversePower
    {
        public void Run(int part, int worker)
        {
            int each = PlanesPerPart(shape), planes = shape.Images * shape.Channels;
            int columns = BoxSum.Columns(shape.Width);
            long plane = (long)columns * shape.Height;
            float* sums = pool.Scratch(
                worker,
                ScratchSlot.Columns,
                (dy == null ? plane : 2 * plane) + BoxSum.Scratch(shape.Width, shape.Reach));
            for (int p = part * each; p < Math.Min(planes, (part + 1) * each); p++)
            {
                nint at = (nint)p * shape.Inner;
                if (dy == null)
                {
                    Forward(x + at, to + at, sums, sums + plane, columns);
                }
                else
                {
                    Backward(x + at, dy + at, to + at, sums, sums + plane, sums + (2 * plane), columns);
                }
            }
        }

        private void Forward(float* x, float* y, float* sums, float* scratch, int columns)
        {
            BoxSum.Run(x, sums, shape.Height, shape.Width, shape.Width, shape.Reach, true, scratch);
            for (int h = 0; h < shape.Height; h++, x += shape.Width, y += shape.Width, sums += columns)
            {
                for (int i = 0; i < shape.Width; i += Lanes.Width)
                {
                    int left = shape.Width - i;
                    Lanes.Store(Lanes.Load(x + i, left) * power.Of(Scale(sums + i), out _), y + i, left);
                }
            }
        }

        private void Backward(float* x, float* dy, float* dx, float* sums, float* ratios, float* scratch, int columns)
        {
            BoxSum.Run(x, sums, shape.Height, shape.Width, shape.Width, shape.Reach, true, scratch);
            for (int h = 0; h < shape.Height; h++)
            {
                nint row = (nint)h * shape.Width, padded = (nint)h * columns;
                for (int i = 0; i < shape.Width; i += Lanes.Width)
                {
                    int left = shape.Width - i;
                    Vector512<float> direct = Lanes.Load(dy + row + i, left)
                        * power.Of(Scale(sums + padded + i), out Vector512<float> inverse);
                    Lanes.Store(direct, dx + row + i, left);
                    (direct * Lanes.Load(x + row + i, left) * inverse).Store(ratios + padded + i);
                }
            }

            BoxSum.Run(ratios, sums, shape.Height, shape.Width, columns, shape.Reach, false, scratch);
            Vector512<float> factor = Vector512.Create((float)(-2 * shape.Factor * shape.Beta));
            for (int h = 0; h < shape.Height; h++, x += shape.Width, dx += shape.Width, sums += columns)
            {
                for (int i = 0; i < shape.Width; i += Lanes.Width)
                {
                    int left = shape.Width - i;
                    Vector512<float> spread = factor * Lanes.Load(x + i, left) * Vector512.Load(sums + i);
                    Lanes.Store(Lanes.Load(dx + i, left) + spread, dx + i, left);
                }
            }
        }

        private Vector512<float> Scale(float* sums) =>
            (Vector512.Load(sums) * Vector512.Create((float)shape.Factor)) + Vector512.Create(shape.K);
    }
}
