using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// The cross-entropy of <c>sigmoid(x)</c> and targets t, value by value, without ever taking the logarithm of a rounded
/// sigmoid. Targets to ignore count nowhere.
/// </summary>
internal static unsafe class SigmoidLossKernel
{
    /// <summary><c>sum max(x, 0) - x t + log(1 + e^-|x|)</c>.</summary>
    public static double Sum(float* x, float* t, int count, IgnoredTargets ignore, WorkerPool pool) =>
        FixedOrderSum.Run(new LossSum(x, t, count, ignore), ElementParts.Count(count), pool);

    /// <summary>How many targets are not ignored.</summary>
    public static int CountValid(float* t, int count, IgnoredTargets ignore, WorkerPool pool) =>
        count - (int)FixedOrderSum.Run(new IgnoredCount(t, count, ignore), ElementParts.Count(count), pool);

    /// <summary><c>dx = (sigmoid(x) - t) scale</c>, 0 where ignored.</summary>
    public static void Gradient(
        float* x, float* t, float* dx, int count, IgnoredTargets ignore, float scale, WorkerPool pool)
    {
        var job = new GradientJob(x, t, dx, count, ignore, scale);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private readonly struct LossSum(float* x, float* t, int count, IgnoredTargets ignore) : IPartSum
    {
        public double Sum(int part)
        {
            var (i, end) = ElementParts.Range(part, count);
            WideSum sum = default;
            for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<float> value = Vector512.Load(x + i), target = Vector512.Load(t + i);
                Vector512<float> loss = Vector512.Max(value, Vector512<float>.Zero) - (value * target)
                    + ExpMath.LogOnePlus(ExpMath.Exp(-Vector512.Abs(value)));
                sum.Add(Vector512.AndNot(loss, ignore.Contains(target)));
            }

            double rest = 0;
            for (; i < end; i++)
            {
                if (!ignore.Contains(t[i]))
                {
                    rest += (double)MathF.Max(x[i], 0) - (x[i] * t[i]) + Math.Log(1 + Math.Exp(-Math.Abs(x[i])));
                }
            }

            return sum.Total + rest;
        }
    }

    private readonly struct IgnoredCount(float* t, int count, IgnoredTargets ignore) : IPartSum
    {
        public double Sum(int part)
        {
            var (i, end) = ElementParts.Range(part, count);
            Vector512<int> ignored = Vector512<int>.Zero;
            for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                ignored -= ignore.Contains(Vector512.Load(t + i)).AsInt32();
            }

            int sum = Vector512.Sum(ignored);
            for (; i < end; i++)
            {
                sum += ignore.Contains(t[i]) ? 1 : 0;
            }

            return sum;
        }
    }

    private readonly struct GradientJob(
        float* x, float* t, float* dx, int count, IgnoredTargets ignore, float scale) : IParts
    {
        public void Run(int part, int worker)
        {
            var (i, end) = ElementParts.Range(part, count);
            for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<float> target = Vector512.Load(t + i);
                Vector512<float> gradient = (ExpMath.Logistic(Vector512.Load(x + i)) - target) * scale;
                Vector512.AndNot(gradient, ignore.Contains(target)).Store(dx + i);
            }

            for (; i < end; i++)
            {
                float sigmoid = 1 / (1 + MathF.Exp(-x[i]));
                dx[i] = ignore.Contains(t[i]) ? 0 : (sigmoid - t[i]) * scale;
            }
        }
    }
}
