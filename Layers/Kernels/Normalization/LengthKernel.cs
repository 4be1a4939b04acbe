using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// Division of [images, channels, inner] by lengths, <c>sqrt(sum x^2 + eps)</c>: one for each image, over all its
/// values, or one for each position, over its channels. What is left has length 1 and is then scaled.
/// </summary>
internal static unsafe class LengthKernel
{
    /// <summary>Computes the lengths of images, [images].</summary>
    public static void OfImages(
        float* x, float* lengths, int images, int channels, int inner, float eps, WorkerPool pool)
    {
        KernelGuard.Array(x, images, channels, inner);
        KernelGuard.Array(lengths, images);
        double* sums = (double*)pool.Scratch(0, ScratchSlot.Layer, 4L * images);
        ChannelSums.Run(x, null, x, null, 1, images, channels * inner, sums, pool);
        for (int i = 0; i < images; i++)
        {
            lengths[i] = (float)Math.Sqrt(sums[(2 * i) + 1] + eps);
        }
    }

    /// <summary>Computes the lengths at positions, [images, inner].</summary>
    public static void OfPositions(
        float* x, float* lengths, int images, int channels, int inner, float eps, WorkerPool pool)
    {
        KernelGuard.Array(x, images, channels, inner);
        KernelGuard.Array(lengths, images, inner);
        var parts = new PositionParts(images, channels, inner);
        var job = new LengthJob(parts, x, lengths, channels, inner, eps);
        pool.Run(parts.Count, ref job);
    }

    /// <summary>Computes <c>y = scale x / length</c>; x and y may be the same.</summary>
    /// <param name="x">[images, channels, inner].</param>
    /// <param name="scale">One for each channel, or null for 1.</param>
    /// <param name="lengths">[images] or [images, inner].</param>
    /// <param name="y">[images, channels, inner].</param>
    /// <param name="images">Images.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Values of a channel in an image.</param>
    /// <param name="atPositions">Whether there is a length for each position.</param>
    /// <param name="pool">The threads.</param>
    public static void Divide(
        float* x, float* scale, float* lengths, float* y, int images, int channels, int inner, bool atPositions,
        WorkerPool pool)
    {
        KernelGuard.Array(x, images, channels, inner);
        KernelGuard.Array(y, images, channels, inner);
        KernelGuard.ArrayOrNull(scale, channels);
        KernelGuard.SameOrApart(x, y, (long)images * channels * inner);
        var rows = new RowParts(images * channels, inner);
        var job = new DivideJob(rows, x, scale, lengths, y, channels, inner, atPositions);
        pool.Run(rows.Count, ref job);
    }

    /// <summary>
    /// Computes the gradient through the lengths of images: <c>dx = scale (dy - u sum(dy u)) / length</c>, where u is x
    /// over its length and the sum runs over the image; dx and u may be the same.
    /// </summary>
    public static void BackwardOfImages(
        float* u, float* scale, float* lengths, float* dy, float* dx, int images, int channels, int inner,
        WorkerPool pool)
    {
        KernelGuard.Array(u, images, channels, inner);
        KernelGuard.Array(dy, images, channels, inner);
        KernelGuard.Array(dx, images, channels, inner);
        double* sums = (double*)pool.Scratch(0, ScratchSlot.Layer, 4L * images);
        ChannelSums.Run(dy, null, u, null, 1, images, channels * inner, sums, pool);
        var rows = new RowParts(images * channels, inner);
        var job = new ImageGradientJob(rows, u, scale, lengths, sums, dy, dx, channels, inner);
        pool.Run(rows.Count, ref job);
    }

    /// <summary>
    /// Computes the gradient through the lengths at positions, see <see cref="BackwardOfImages"/>; the sum runs over
    /// the channels of a position.
    /// </summary>
    public static void BackwardOfPositions(
        float* u, float* scale, float* lengths, float* dy, float* dx, int images, int channels, int inner,
        WorkerPool pool)
    {
        KernelGuard.Array(u, images, channels, inner);
        KernelGuard.Array(dy, images, channels, inner);
        KernelGuard.Array(dx, images, channels, inner);
        var parts = new PositionParts(images, channels, inner);
        var job = new PositionGradientJob(parts, u, scale, lengths, dy, dx, channels, inner);
        pool.Run(parts.Count, ref job);
    }

    private readonly struct LengthJob(
        PositionParts parts, float* x, float* lengths, int channels, int inner, float eps) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (image, endImage, start, end) = parts.Block(part);
            for (; image < endImage; image++)
            {
                for (int i = start; i < end; i += Lanes.Width)
                {
                    Columns(
                        x + ((long)image * channels * inner) + i, lengths + ((long)image * inner) + i,
                        Math.Min(Lanes.Width, end - i));
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Columns(float* from, float* to, int left)
        {
            Vector512<double> low = Vector512.Create((double)eps), high = low;
            for (int c = 0; c < channels; c++)
            {
                var (first, second) = Vector512.Widen(Lanes.Load(from + ((long)c * inner), left));
                low += first * first;
                high += second * second;
            }

            Lanes.Store(Vector512.Narrow(Vector512.Sqrt(low), Vector512.Sqrt(high)), to, left);
        }
    }

    private readonly struct DivideJob(
        RowParts rows, float* x, float* scale, float* lengths, float* y, int channels, int inner, bool atPositions)
        : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (row, endRow, start, end) = rows.Block(part);
            for (; row < endRow; row++)
            {
                int image = row / channels;
                Vector512<float> factor = Vector512.Create(scale == null ? 1 : scale[row % channels]);
                Vector512<float> length = Vector512.Create(atPositions ? 1 : lengths[image]);
                float* from = x + ((long)row * inner), to = y + ((long)row * inner);
                for (int i = start; i < end; i += Lanes.Width)
                {
                    int left = Math.Min(Lanes.Width, end - i);
                    Vector512<float> by = atPositions ? Lanes.Load(lengths + ((long)image * inner) + i, left) : length;
                    Lanes.Store(factor * Lanes.Load(from + i, left) / by, to + i, left);
                }
            }
        }
    }

    private readonly struct ImageGradientJob(
        RowParts rows, float* u, float* scale, float* lengths, double* sums, float* dy, float* dx, int channels,
        int inner) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (row, endRow, start, end) = rows.Block(part);
            for (; row < endRow; row++)
            {
                int image = row / channels;
                var factor = Vector512.Create((float)(scale[row % channels] / (double)lengths[image]));
                var sum = Vector512.Create((float)sums[(2 * image) + 1]);
                long at = (long)row * inner;
                for (int i = start; i < end; i += Lanes.Width)
                {
                    int left = Math.Min(Lanes.Width, end - i);
                    Vector512<float> own = Lanes.Load(u + at + i, left) * sum;
                    Lanes.Store(factor * (Lanes.Load(dy + at + i, left) - own), dx + at + i, left);
                }
            }
        }
    }

    private readonly struct PositionGradientJob(
        PositionParts parts, float* u, float* scale, float* lengths, float* dy, float* dx, int channels, int inner)
        : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (image, endImage, start, end) = parts.Block(part);
            for (; image < endImage; image++)
            {
                for (int i = start; i < end; i += Lanes.Width)
                {
                    Columns(
                        ((long)image * channels * inner) + i, lengths + ((long)image * inner) + i,
                        Math.Min(Lanes.Width, end - i));
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Columns(long at, float* length, int left)
        {
            Vector512<float> sum = Vector512<float>.Zero, by = Lanes.Load(length, left);
            for (int c = 0; c < channels; c++)
            {
                long place = at + ((long)c * inner);
                sum += Lanes.Load(dy + place, left) * Lanes.Load(u + place, left);
            }

            for (int c = 0; c < channels; c++)
            {
                long place = at + ((long)c * inner);
                Vector512<float> own = Lanes.Load(u + place, left) * sum;
                Vector512<float> value = Vector512.Create(scale[c]) * (Lanes.Load(dy + place, left) - own) / by;
                Lanes.Store(value, dx + place, left);
            }
        }
    }
}
