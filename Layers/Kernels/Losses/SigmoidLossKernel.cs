using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// The cross-entropy of <c>sigmoid(x)</c> and targets t, value by value, without ever taking the logarithm of a rounded
/// sigmoid. Where the whole part of a target is the one to ignore it counts nowhere; a NaN as the one to ignore ignores
/// none.
/// </summary>
public static unsafe class SigmoidLossKernel
{
    /// <summary><c>sum max(x, 0) - x t + log(1 + e^-|x|)</c>.</summary>
    public static double Sum(float* x, float* t, int count, float ignore, WorkerPool pool) =>
        FixedOrderSum.Run(new LossSum(x, t, count, ignore), ElementParts.Count(count), pool);

    /// <summary>How many targets are not ignored.</summary>
    public static int CountValid(float* t, int count, float ignore, WorkerPool pool) =>
        count - (int)FixedOrderSum.Run(new IgnoredCount(t, count, ignore), ElementParts.Count(count), pool);

    /// <summary><c>dx = (sigmoid(x) - t) scale</c>, 0 where ignored.</summary>
    public static void Gradient(float* x, float* t, float* dx, int count, float ignore, float scale, WorkerPool pool)
    {
        var job = new GradientJob(x, t, dx, count, ignore, scale);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private static Vector512<float> IsIgnored(Vector512<float> target, float ignore) =>
        Vector512.Equals(Vector512.Truncate(target), Vector512.Create(ignore));

    // log(1 + e) for e from 0 to 1 as 2 atanh(e / (2 + e)) by its series: exact to a float's last digit for small e too.
    private static Vector512<float> LogOnePlus(Vector512<float> e)
    {
        Vector512<float> s = e / (e + Vector512.Create(2f)), z = s * s, sum = Vector512.Create(1f / 17);
        for (int n = 15; n > 0; n -= 2)
        {
            sum = (sum * z) + Vector512.Create(1f / n);
        }

        return (s + s) * sum;
    }

    private readonly struct LossSum(float* x, float* t, int count, float ignore) : IPartSum
    {
        public double Sum(int part)
        {
            var (i, end) = ElementParts.Range(part, count);
            WideSum sum = default;
            for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<float> value = Vector512.Load(x + i), target = Vector512.Load(t + i);
                Vector512<float> loss = Vector512.Max(value, Vector512<float>.Zero) - (value * target)
                    + LogOnePlus(Vector512.Exp(-Vector512.Abs(value)));
                sum.Add(Vector512.AndNot(loss, IsIgnored(target, ignore)));
            }

            double rest = 0;
            for (; i < end; i++)
            {
                if (MathF.Truncate(t[i]) != ignore)
                {
                    rest += (double)MathF.Max(x[i], 0) - (x[i] * t[i]) + Math.Log(1 + Math.Exp(-Math.Abs(x[i])));
                }
            }

            return sum.Total + rest;
        }
    }

    private readonly struct IgnoredCount(float* t, int count, float ignore) : IPartSum
    {
        public double Sum(int part)
        {
            var (i, end) = ElementParts.Range(part, count);
            Vector512<int> ignored = Vector512<int>.Zero;
            for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                ignored -= IsIgnored(Vector512.Load(t + i), ignore).AsInt32();
            }

            int sum = Vector512.Sum(ignored);
            for (; i < end; i++)
            {
                sum += MathF.Truncate(t[i]) == ignore ? 1 : 0;
            }

            return sum;
        }
    }

    private readonly struct GradientJob(float* x, float* t, float* dx, int count, float ignore, float scale) : IParts
    {
        public void Run(int part, int worker)
        {
            var (i, end) = ElementParts.Range(part, count);
            for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<float> target = Vector512.Load(t + i);
                Vector512<float> gradient = (VectorMath.Sigmoid(Vector512.Load(x + i)) - target) * scale;
                Vector512.AndNot(gradient, IsIgnored(target, ignore)).Store(dx + i);
            }

            for (; i < end; i++)
            {
                float sigmoid = (0.5f * MathF.Tanh(0.5f * x[i])) + 0.5f;
                dx[i] = MathF.Truncate(t[i]) == ignore ? 0 : (sigmoid - t[i]) * scale;
            }
        }
    }
}
