using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// The cross-entropy of <c>sigmoid(x)</c> and targets t, value by value, without ever taking the logarithm of a rounded
/// sigmoid. Ignored targets do not count.
/// </summary>
internal static unsafe class SigmoidLossKernel
{
    /// <summary>Computes <c>sum max(x, 0) - x t + log(1 + e^-|x|)</c>.</summary>
    public static double Sum(float* x, float* t, int count, IgnoredTargets ignore, WorkerPool pool)
    {
        KernelGuard.Array(x, count);
        KernelGuard.Array(t, count);
        return FixedOrderSum.Run(new LossSum(x, t, count, ignore), ElementParts.Count(count), pool);
    }

    /// <summary>Counts the targets that are not ignored.</summary>
    public static int CountValid(float* t, int count, IgnoredTargets ignore, WorkerPool pool)
    {
        KernelGuard.Array(t, count);
        return count - (int)FixedOrderSum.Run(new IgnoredCount(t, count, ignore), ElementParts.Count(count), pool);
    }

    /// <summary>Computes <c>dx = (sigmoid(x) - t) scale</c>, 0 where ignored.</summary>
    public static void Gradient(
        float* x, float* t, float* dx, int count, IgnoredTargets ignore, float scale, WorkerPool pool)
    {
        KernelGuard.Array(x, count);
        KernelGuard.Array(t, count);
        KernelGuard.Array(dx, count);
        KernelGuard.SameOrApart(x, dx, count);
        KernelGuard.SameOrApart(t, dx, count);
        var job = new GradientJob(x, t, dx, count, ignore, scale);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private readonly struct LossSum(float* x, float* t, int count, IgnoredTargets ignore) : IPartialSum
    {
        public double Sum(int part)
        {
            var (i, end) = ElementParts.Range(part, count);
            WideSum sum = default;
            for (; i <= end - Lanes.Width; i += Lanes.Width)
            {
                sum.Add(Losses(Vector512.Load(x + i), Vector512.Load(t + i)));
            }

            if (i < end)
            {
                int left = end - i;
                sum.Add(Lanes.First(Losses(Lanes.Load(x + i, left), Lanes.Load(t + i, left)), left));
            }

            return sum.Total;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector512<float> Losses(Vector512<float> value, Vector512<float> target)
        {
            Vector512<float> loss = Vector512.Max(value, Vector512<float>.Zero) - (value * target)
                + ExpMath.LogOnePlus(ExpMath.Exp(-Vector512.Abs(value)));
            return Vector512.AndNot(loss, ignore.Contains(target));
        }
    }

    private readonly struct IgnoredCount(float* t, int count, IgnoredTargets ignore) : IPartialSum
    {
        public double Sum(int part)
        {
            var (i, end) = ElementParts.Range(part, count);
            Vector512<int> ignored = Vector512<int>.Zero;
            for (; i <= end - Lanes.Width; i += Lanes.Width)
            {
                ignored -= ignore.Contains(Vector512.Load(t + i)).AsInt32();
            }

            if (i < end)
            {
                ignored -= Lanes.First(ignore.Contains(Lanes.Load(t + i, end - i)), end - i).AsInt32();
            }

            return Vector512.Sum(ignored);
        }
    }

    private readonly struct GradientJob(
        float* x, float* t, float* dx, int count, IgnoredTargets ignore, float scale) : IParallelJob
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
            Vector512<float> target = Lanes.Load(t + i, left);
            Vector512<float> gradient = (ExpMath.Logistic(Lanes.Load(x + i, left)) - target) * scale;
            Lanes.Store(Vector512.AndNot(gradient, ignore.Contains(target)), dx + i, left);
        }
    }
}
