using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// The rectifier with a learned slope for each channel: <c>y = max(x, 0) + slope[c] min(x, 0)</c> over arrays [images,
/// channels, plane]. A part is a plane or, where planes are single values, a row of channels.
/// </summary>
internal static unsafe class PReLUKernel
{
    /// <summary>Computes y; x and y may be the same.</summary>
    public static void Forward(float* x, float* y, float* slopes, int images, int channels, int plane, WorkerPool pool)
    {
        KernelGuard.Array(x, images, channels, plane);
        KernelGuard.Array(y, images, channels, plane);
        KernelGuard.Array(slopes, channels);
        KernelGuard.SameOrApart(x, y, (long)images * channels * plane);
        var job = new Job(x, x, y, slopes, images, channels, plane);
        pool.Run(job.Parts, ref job);
    }

    /// <summary>
    /// Computes <c>dx = dy</c> where x is above 0, else <c>slope[c] dy</c>; dx and dy may be the same.
    /// </summary>
    public static void Backward(
        float* x, float* dy, float* dx, float* slopes, int images, int channels, int plane, WorkerPool pool)
    {
        KernelGuard.Array(x, images, channels, plane);
        KernelGuard.Array(dy, images, channels, plane);
        KernelGuard.Array(dx, images, channels, plane);
        KernelGuard.Array(slopes, channels);
        KernelGuard.SameOrApart(dy, dx, (long)images * channels * plane);
        var job = new Job(x, dy, dx, slopes, images, channels, plane);
        pool.Run(job.Parts, ref job);
    }

    /// <summary>
    /// Adds to the gradient of each channel the sum of <c>dy x</c> over its values where x is 0 or less.
    /// </summary>
    public static void SlopeGradient(
        float* x, float* dy, float* gradient, int images, int channels, int plane, WorkerPool pool)
    {
        KernelGuard.Array(x, images, channels, plane);
        KernelGuard.Array(dy, images, channels, plane);
        KernelGuard.Array(gradient, channels);
        var job = new GradientJob(x, dy, gradient, images, channels, plane);
        pool.Run(channels, ref job);
    }

    // The sign is that of x; the values passed on or scaled are those of another array in the backward pass.
    private readonly struct Job(
        float* sign, float* from, float* to, float* slopes, int images, int channels, int plane) : IParallelJob
    {
        public int Parts => plane == 1 ? images : checked(images * channels);

        public void Run(int part, int worker)
        {
            int length = plane == 1 ? channels : plane;
            long start = (long)part * length;
            bool isRow = plane == 1;
            float* slope = isRow ? slopes : slopes + (part % channels);
            int i = 0;
            for (; i <= length - Lanes.Width; i += Lanes.Width)
            {
                Compute(start + i, Lanes.Width, isRow ? slope + i : slope, isRow);
            }

            if (i < length)
            {
                Compute(start + i, length - i, isRow ? slope + i : slope, isRow);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Compute(long at, int left, float* slope, bool isRow)
        {
            Vector512<float> value = Lanes.Load(from + at, left);
            Vector512<float> factor = isRow ? Lanes.Load(slope, left) : Vector512.Create(*slope);
            Vector512<float> isAbove = Vector512.GreaterThan(Lanes.Load(sign + at, left), Vector512<float>.Zero);
            Lanes.Store(Vector512.ConditionalSelect(isAbove, value, value * factor), to + at, left);
        }
    }

    private readonly struct GradientJob(
        float* x, float* dy, float* gradient, int images, int channels, int plane) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            double sum = 0;
            for (int n = 0; n < images; n++)
            {
                long start = (((long)n * channels) + part) * plane;
                sum += plane > 1 ? Plane(start) : x[start] > 0 ? 0 : x[start] * dy[start];
            }

            gradient[part] += (float)sum;
        }

        private double Plane(long start)
        {
            Vector512<float> sums = Vector512<float>.Zero;
            int i = 0;
            for (; i <= plane - Lanes.Width; i += Lanes.Width)
            {
                sums += Terms(start + i, Lanes.Width);
            }

            if (i < plane)
            {
                sums += Terms(start + i, plane - i);
            }

            return Vector512.Sum(sums);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector512<float> Terms(long at, int left)
        {
            Vector512<float> value = Lanes.Load(x + at, left), isAbove = Vector512.GreaterThan(value, default);
            return Vector512.AndNot(value * Lanes.Load(dy + at, left), isAbove);
        }
    }
}
