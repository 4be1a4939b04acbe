using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// The gradient of <c>y = s above 0, slope s elsewhere</c> with <c>s = a first + b second</c>:
/// <c>ds = dy where y is above 0, slope dy elsewhere</c>, <c>dfirst = a ds</c> and <c>dsecond = b ds</c>.
/// </summary>
internal static unsafe class RectifiedSumGradient
{
    /// <summary>Computes the gradients.</summary>
    /// <param name="y">The result.</param>
    /// <param name="dy">Its gradient, which ds replaces.</param>
    /// <param name="first">The gradient of the first; null if it is not wanted.</param>
    /// <param name="second">The gradient of the second; null if it is not wanted.</param>
    /// <param name="sum">The factors and the slope.</param>
    /// <param name="count">The number of values.</param>
    /// <param name="pool">The threads.</param>
    public static void Run(
        float* y, float* dy, float* first, float* second, RectifiedSum sum, int count, WorkerPool pool)
    {
        KernelGuard.Array(y, count);
        KernelGuard.Array(dy, count);
        KernelGuard.ArrayOrNull(first, count);
        KernelGuard.ArrayOrNull(second, count);
        var job = new Job(y, dy, first, second, sum, count);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private readonly struct Job(float* y, float* dy, float* first, float* second, RectifiedSum sum, int count)
        : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (i, end) = ElementParts.Range(part, count);
            for (; i <= end - Lanes.Width; i += Lanes.Width)
            {
                Compute(i, Lanes.Width);
            }

            if (i < end)
            {
                Compute(i, end - i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Compute(int i, int left)
        {
            Vector512<float> gradient = Lanes.Load(dy + i, left);
            gradient = Vector512.ConditionalSelect(
                Vector512.GreaterThan(Lanes.Load(y + i, left), Vector512<float>.Zero), gradient, gradient * sum.Slope);
            Lanes.Store(gradient, dy + i, left);
            if (first != null)
            {
                Lanes.Store(gradient * sum.A, first + i, left);
            }

            if (second != null)
            {
                Lanes.Store(gradient * sum.B, second + i, left);
            }
        }
    }
}
