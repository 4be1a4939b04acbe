using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Flow;

/// <summary>
/// Correlates the patches of two maps (Dosovitskiy et al. 2015, "FlowNet", equation 1):
/// <c>y[d, i, j] = sum of term(a[c, p + u], b[c, p + d + u]) / (k k C)</c> over the channels c and the offsets u of a
/// patch, with p the patch's centre.
/// </summary>
/// <remarks>
/// It reads padded copies of the maps, see <see cref="CorrelationShape.RowSize"/>. Forward, a part is a row of the
/// result for the displacements of a row; four of them share what is read of a. Backward, a part is a few channels,
/// whose gradients add up the rows of the result in order.
/// </remarks>
internal static unsafe class CorrelationKernel
{
    private const int ChannelsPerPart = 8;

    /// <summary>Copies a map [C, H, W] into its padded form.</summary>
    public static void Pad(float* map, float* padded, CorrelationShape shape, WorkerPool pool)
    {
        KernelGuard.Array(map, shape.Channels, shape.Height, shape.Width);
        KernelGuard.Array(padded, shape.PaddedSize);
        var job = new PadJob(map, padded, shape);
        pool.Run(shape.Channels, ref job);
    }

    /// <summary>Copies the gradient of a padded map to that of the map.</summary>
    public static void Unpad(float* padded, float* map, CorrelationShape shape, WorkerPool pool)
    {
        KernelGuard.Array(map, shape.Channels, shape.Height, shape.Width);
        KernelGuard.Array(padded, shape.PaddedSize);
        var job = new UnpadJob(padded, map, shape);
        pool.Run(shape.Channels, ref job);
    }

    /// <summary>Computes y from padded maps of one image.</summary>
    public static void Forward<T>(float* a, float* b, float* y, CorrelationShape shape, WorkerPool pool)
        where T : struct, ICorrelationTerm
    {
        KernelGuard.Array(a, shape.PaddedSize);
        KernelGuard.Array(b, shape.PaddedSize);
        KernelGuard.Array(y, shape.TopCount);
        var job = new ForwardJob<T>(a, b, y, shape);
        pool.Run(checked(shape.TopHeight * shape.Side), ref job);
    }

    /// <summary>Computes the gradients of padded maps of one image; either may be null.</summary>
    public static void Backward<T>(
        float* dy, float* a, float* b, float* da, float* db, CorrelationShape shape, WorkerPool pool)
        where T : struct, ICorrelationTerm
    {
        KernelGuard.Array(dy, shape.TopCount);
        KernelGuard.Array(a, shape.PaddedSize);
        KernelGuard.Array(b, shape.PaddedSize);
        KernelGuard.ArrayOrNull(da, shape.PaddedSize);
        KernelGuard.ArrayOrNull(db, shape.PaddedSize);
        var job = new BackwardJob<T>(dy, a, b, da, db, shape);
        pool.Run((shape.Channels + ChannelsPerPart - 1) / ChannelsPerPart, ref job);
    }

    /// <summary>Computes one value of the result from maps [C, H, W], as the formula has it.</summary>
    public static float ForwardReference(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, CorrelationShape shape, bool isDifference, int channel, int row,
        int column)
    {
        int dx = ((channel % shape.Side) - shape.Radius) * shape.Stride2;
        int dy = ((channel / shape.Side) - shape.Radius) * shape.Stride2, reach = shape.Kernel / 2;
        double sum = 0;
        for (int c = 0; c < shape.Channels; c++)
        {
            for (int v = -reach; v <= reach; v++)
            {
                for (int u = -reach; u <= reach; u++)
                {
                    int h = (row * shape.Stride1) + shape.Border - shape.Pad + v;
                    int w = (column * shape.Stride1) + shape.Border - shape.Pad + u;
                    double first = At(a, c, h, w), second = At(b, c, h + dy, w + dx);
                    sum += isDifference ? Math.Abs(first - second) : first * second;
                }
            }
        }

        return (float)(sum / ((double)shape.Kernel * shape.Kernel * shape.Channels));

        double At(ReadOnlySpan<float> map, int c, int h, int w) =>
            h >= 0 && h < shape.Height && w >= 0 && w < shape.Width
                ? map[(((c * shape.Height) + h) * shape.Width) + w]
                : 0;
    }

    private readonly struct PadJob(float* map, float* padded, CorrelationShape shape) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            for (int row = 0; row < shape.PaddedHeight; row++)
            {
                float* to = padded + ((((long)row * shape.Channels) + part) * shape.RowSize);
                new Span<float>(to, shape.RowSize).Clear();
                int h = row - shape.Pad;
                if (h < 0 || h >= shape.Height)
                {
                    continue;
                }

                float* from = map + ((((long)part * shape.Height) + h) * shape.Width);
                for (int w = 0; w < shape.Width; w++)
                {
                    to[shape.Column(w + shape.Pad)] = from[w];
                }
            }
        }
    }

    private readonly struct UnpadJob(float* padded, float* map, CorrelationShape shape) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            for (int h = 0; h < shape.Height; h++)
            {
                float* from = padded + ((((long)(h + shape.Pad) * shape.Channels) + part) * shape.RowSize);
                float* to = map + ((((long)part * shape.Height) + h) * shape.Width);
                for (int w = 0; w < shape.Width; w++)
                {
                    to[w] = from[shape.Column(w + shape.Pad)];
                }
            }
        }
    }

    private readonly struct ForwardJob<T>(float* a, float* b, float* y, CorrelationShape shape) : IParallelJob
        where T : struct, ICorrelationTerm
    {
        private const int Shared = 4;

        public void Run(int part, int worker)
        {
            int row = part / shape.Side, line = part % shape.Side;
            int top = (row * shape.Stride1) + shape.Border - (shape.Kernel / 2);
            float* first = a + ((long)top * shape.RowStride);
            float* second = b + ((long)(top + ((line - shape.Radius) * shape.Stride2)) * shape.RowStride);
            long step = (long)shape.TopHeight * shape.TopWidth;
            float* to = y + ((long)line * shape.Side * step) + ((long)row * shape.TopWidth);
            for (int column = 0; column < shape.TopWidth; column += Lanes.Width)
            {
                int left = shape.TopWidth - column, d = 0;
                for (; d <= shape.Side - Shared; d += Shared)
                {
                    Four(first + column, second + column, d, to + (d * step) + column, step, left);
                }

                for (; d < shape.Side; d++)
                {
                    One(first + column, second + column, d, to + (d * step) + column, left);
                }
            }
        }

        // The column of a displacement's patch before its offset; at the first patch.
        private int Start(int d) => shape.Border - (shape.Kernel / 2) + ((d - shape.Radius) * shape.Stride2);

        private void Four(float* first, float* second, int d, float* to, long step, int left)
        {
            Vector512<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            for (int v = 0; v < shape.Kernel; v++)
            {
                for (int u = 0; u < shape.Kernel; u++)
                {
                    long at = (long)v * shape.RowStride;
                    float* from = first + at + shape.Column(shape.Border - (shape.Kernel / 2) + u);
                    float* from0 = second + at + shape.Column(Start(d) + u);
                    float* from1 = second + at + shape.Column(Start(d + 1) + u);
                    float* from2 = second + at + shape.Column(Start(d + 2) + u);
                    float* from3 = second + at + shape.Column(Start(d + 3) + u);
                    long end = shape.RowStride;
                    for (long c = 0; c < end; c += shape.RowSize)
                    {
                        Vector512<float> value = Vector512.Load(from + c);
                        sum0 = T.Add(sum0, value, Vector512.Load(from0 + c));
                        sum1 = T.Add(sum1, value, Vector512.Load(from1 + c));
                        sum2 = T.Add(sum2, value, Vector512.Load(from2 + c));
                        sum3 = T.Add(sum3, value, Vector512.Load(from3 + c));
                    }
                }
            }

            Store(sum0, to, left);
            Store(sum1, to + step, left);
            Store(sum2, to + (2 * step), left);
            Store(sum3, to + (3 * step), left);
        }

        private void One(float* first, float* second, int d, float* to, int left)
        {
            Vector512<float> sum = default;
            for (int v = 0; v < shape.Kernel; v++)
            {
                for (int u = 0; u < shape.Kernel; u++)
                {
                    long at = (long)v * shape.RowStride;
                    float* from = first + at + shape.Column(shape.Border - (shape.Kernel / 2) + u);
                    float* from0 = second + at + shape.Column(Start(d) + u);
                    for (long c = 0; c < shape.RowStride; c += shape.RowSize)
                    {
                        sum = T.Add(sum, Vector512.Load(from + c), Vector512.Load(from0 + c));
                    }
                }
            }

            Store(sum, to, left);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Store(Vector512<float> sum, float* to, int left) => Lanes.Store(
            sum / Vector512.Create((float)((double)shape.Kernel * shape.Kernel * shape.Channels)), to, left);
    }

    private readonly struct BackwardJob<T>(
        float* dy, float* a, float* b, float* da, float* db, CorrelationShape shape) : IParallelJob
        where T : struct, ICorrelationTerm
    {
        public void Run(int part, int worker)
        {
            int start = part * ChannelsPerPart, end = Math.Min(shape.Channels, start + ChannelsPerPart);
            Clear(da, start, end);
            Clear(db, start, end);
            for (int row = 0; row < shape.TopHeight; row++)
            {
                for (int d = 0; d < shape.Side * shape.Side; d++)
                {
                    float* from = dy + ((((long)d * shape.TopHeight) + row) * shape.TopWidth);
                    for (int tap = 0; tap < shape.Kernel * shape.Kernel; tap++)
                    {
                        Tap(from, row, d, tap / shape.Kernel, tap % shape.Kernel, start, end);
                    }
                }
            }
        }

        private void Clear(float* gradient, int start, int end)
        {
            for (long row = 0; row < shape.PaddedHeight && gradient != null; row++)
            {
                float* rows = gradient + (((row * shape.Channels) + start) * shape.RowSize);
                new Span<float>(rows, (end - start) * shape.RowSize).Clear();
            }
        }

        private void Tap(float* from, int row, int d, int v, int u, int start, int end)
        {
            int top = (row * shape.Stride1) + shape.Border - (shape.Kernel / 2) + v;
            int left = shape.Border - (shape.Kernel / 2) + u;
            int down = ((d / shape.Side) - shape.Radius) * shape.Stride2;
            int right = ((d % shape.Side) - shape.Radius) * shape.Stride2;
            long first = ((long)top * shape.RowStride) + shape.Column(left);
            long second = ((long)(top + down) * shape.RowStride) + shape.Column(left + right);
            Vector512<float> count = Vector512.Create((float)((double)shape.Kernel * shape.Kernel * shape.Channels));
            for (int column = 0; column < shape.TopWidth; column += Lanes.Width)
            {
                int many = shape.TopWidth - column;
                Vector512<float> gradient = Lanes.Load(from + column, many) / count;
                for (long c = start; c < end; c++)
                {
                    long at = (c * shape.RowSize) + column;
                    Vector512<float> x = Vector512.Load(a + at + first), z = Vector512.Load(b + at + second);
                    if (da != null)
                    {
                        Add(da + at + first, gradient * T.ByFirst(x, z), many);
                    }

                    if (db != null)
                    {
                        Add(db + at + second, gradient * T.BySecond(x, z), many);
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Add(float* to, Vector512<float> values, int count) =>
            Lanes.Store(Vector512.Load(to) + values, to, count);
    }
}
