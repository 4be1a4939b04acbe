using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// The rectifier with a learned slope for each channel: <c>y = max(x, 0) + slope[c] min(x, 0)</c> over arrays
/// [images, channels, plane]. A part is a plane, or where planes are single values a row of channels.
/// </summary>
internal static unsafe class PReLUKernel
{
    /// <summary>Computes y; x and y may be the same.</summary>
    public static void Forward(float* x, float* y, float* slopes, int images, int channels, int plane, WorkerPool pool)
    {
        var job = new Job(x, x, y, slopes, images, channels, plane);
        pool.Run(job.Parts, ref job);
    }

    /// <summary>Computes <c>dx = dy</c> where x is above 0, else <c>slope[c] dy</c>; dx and dy may be the same.</summary>
    public static void Backward(
        float* x, float* dy, float* dx, float* slopes, int images, int channels, int plane, WorkerPool pool)
    {
        var job = new Job(x, dy, dx, slopes, images, channels, plane);
        pool.Run(job.Parts, ref job);
    }

    /// <summary>Adds the sum of <c>dy x</c> over the values of each channel where x is 0 or less to its gradient.</summary>
    public static void SlopeGradient(
        float* x, float* dy, float* gradient, int images, int channels, int plane, WorkerPool pool)
    {
        var job = new GradientJob(x, dy, gradient, images, channels, plane);
        pool.Run(channels, ref job);
    }

    // The sign is that of x; what is let through or scaled is another array in the backward pass.
    private readonly struct Job(
        float* sign, float* from, float* to, float* slopes, int images, int channels, int plane) : IParts
    {
        public int Parts => plane == 1 ? images : images * channels;

        public void Run(int part, int worker)
        {
            int length = plane == 1 ? channels : plane;
            long start = (long)part * length;
            float* slope = plane == 1 ? slopes : slopes + (part % channels);
            int step = plane == 1 ? 1 : 0, i = 0;
            for (; i <= length - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<float> value = Vector512.Load(from + start + i);
                Vector512<float> factor = step == 0 ? Vector512.Create(*slope) : Vector512.Load(slope + i);
                Vector512.ConditionalSelect(
                    Vector512.GreaterThan(Vector512.Load(sign + start + i), Vector512<float>.Zero), value, value * factor)
                    .Store(to + start + i);
            }

            for (; i < length; i++)
            {
                float value = from[start + i];
                to[start + i] = sign[start + i] > 0 ? value : value * slope[i * step];
            }
        }
    }

    private readonly struct GradientJob(
        float* x, float* dy, float* gradient, int images, int channels, int plane) : IParts
    {
        public void Run(int part, int worker)
        {
            double sum = 0;
            for (int n = 0; n < images; n++)
            {
                sum += Plane(((long)n * channels * plane) + ((long)part * plane));
            }

            gradient[part] += (float)sum;
        }

        private double Plane(long start)
        {
            Vector512<float> sums = Vector512<float>.Zero;
            int i = 0;
            for (; i <= plane - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<float> value = Vector512.Load(x + start + i);
                sums += Vector512.ConditionalSelect(
                    Vector512.GreaterThan(value, Vector512<float>.Zero),
                    Vector512<float>.Zero,
                    value * Vector512.Load(dy + start + i));
            }

            double sum = Vector512.Sum(sums);
            for (; i < plane; i++)
            {
                float value = x[start + i];
                sum += value > 0 ? 0 : value * dy[start + i];
            }

            return sum;
        }
    }
}
