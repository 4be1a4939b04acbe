using System.Runtime.Intrinsics;
using Cnn.Fillers;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// The noisy rectifier (Nair and Hinton 2010): <c>y = max(0, x + s n)</c> with n standard normal and
/// <c>s = sqrt(sigmoid(x))</c>, and its expectation <c>x P(x / s) + s p(x / s)</c>, where P and p are the normal
/// distribution and its density. The noise of value i is a function of (key, pass, i), so the backward pass draws it
/// again.
/// </summary>
internal static unsafe class NoisyRectifierKernel
{
    /// <summary>Computes y with noise; x and y must not be the same if a backward pass follows.</summary>
    public static void Forward(float* x, float* y, int count, ulong key, ulong pass, WorkerPool pool) =>
        Run(x, x, y, count, key, pass, Kind.Forward, pool);

    /// <summary>Computes <c>dx = dy (1 + s' n)</c> where <c>x + s n</c> is above 0, else 0.</summary>
    public static void Backward(float* x, float* dy, float* dx, int count, ulong key, ulong pass, WorkerPool pool) =>
        Run(x, dy, dx, count, key, pass, Kind.Backward, pool);

    /// <summary>Computes the expectation.</summary>
    public static void Mean(float* x, float* y, int count, WorkerPool pool) =>
        Run(x, x, y, count, 0, 0, Kind.Mean, pool);

    /// <summary>Computes the gradient of the expectation: <c>dx = dy (P(x / s) + s' p(x / s))</c>.</summary>
    public static void MeanBackward(float* x, float* dy, float* dx, int count, WorkerPool pool) =>
        Run(x, dy, dx, count, 0, 0, Kind.MeanBackward, pool);

    private enum Kind
    {
        Forward,
        Backward,
        Mean,
        MeanBackward,
    }

    private static void Run(
        float* x, float* from, float* to, int count, ulong key, ulong pass, Kind kind, WorkerPool pool)
    {
        KernelGuard.Array(x, count);
        KernelGuard.Array(from, count);
        KernelGuard.Array(to, count);
        KernelGuard.SameOrApart(x, to, count);
        KernelGuard.SameOrApart(from, to, count);
        var job = new Job(x, from, to, count, key, pass, kind);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private readonly struct Job(
        float* x, float* from, float* to, int count, ulong key, ulong pass, Kind kind) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            // Parts start at multiples of the vector width, so the noise of a value does not depend on the split.
            var (i, end) = ElementParts.Range(part, count);
            for (; i < end; i += Lanes.Width)
            {
                int left = end - i;
                Lanes.Store(Compute(i, Lanes.Load(x + i, left), Lanes.Load(from + i, left)), to + i, left);
            }
        }

        private Vector512<float> Compute(int i, Vector512<float> value, Vector512<float> given)
        {
            Vector512<float> zero = Vector512<float>.Zero, one = Vector512<float>.One;
            Vector512<float> variance = VectorMath.Sigmoid(value), deviation = Vector512.Sqrt(variance);

            // s' = s (1 - sigmoid(x)) / 2.
            Vector512<float> rise = deviation * (one - variance) * 0.5f;
            if (kind is Kind.Mean or Kind.MeanBackward)
            {
                Vector512<float> ratio = value / deviation;
                Vector512<float> density = ExpMath.Exp(ratio * ratio * -0.5f) * 0.39894228f;
                Vector512<float> below = NormalDistribution(ratio, density);
                return kind == Kind.Mean
                    ? Finite(value, (value * below) + (deviation * density))
                    : Finite(value, given * (below + (rise * density)), far: given);
            }

            Vector512<float> noise = Noise(i);
            Vector512<float> sum = value + (deviation * noise);
            return kind == Kind.Forward
                ? Vector512.Max(sum, zero)
                : Vector512.ConditionalSelect(Vector512.GreaterThan(sum, zero), given * (one + (rise * noise)), zero);
        }

        // Far below 0 the deviation is 0 and the ratio is NaN; there and far above 0 the limits are used.
        private static Vector512<float> Finite(Vector512<float> x, Vector512<float> y, Vector512<float>? far = null)
        {
            Vector512<float> limit = Vector512.Create(30f);
            y = Vector512.ConditionalSelect(Vector512.LessThan(x, -limit), Vector512<float>.Zero, y);
            return Vector512.ConditionalSelect(Vector512.GreaterThan(x, limit), far ?? x, y);
        }

        // The Box-Muller transform of two uniform numbers into a normal one. Sixteen blocks of four words serve 32
        // values: the first two words of each block serve the first sixteen values, the other two the last sixteen.
        private Vector512<float> Noise(int i)
        {
            var (a, b, c, d) = PhiloxLanes.Blocks(key, (ulong)i / 32 * 16, pass);
            var (one, two) = i / Lanes.Width % 2 == 0 ? (a, b) : (c, d);
            const float Unit = 1f / (1 << 24);
            Vector512<float> first = Vector512.ConvertToSingle((one >> 8).AsInt32() + Vector512<int>.One) * Unit;
            Vector512<float> second = Vector512.ConvertToSingle((two >> 8).AsInt32()) * Unit;
            return Vector512.Sqrt(Vector512.Log(first) * -2) * Vector512.Cos(second * MathF.Tau);
        }

        // Zelen and Severo's approximation (Abramowitz and Stegun 26.2.17), within 7.5e-8.
        private static Vector512<float> NormalDistribution(Vector512<float> z, Vector512<float> density)
        {
            Vector512<float> one = Vector512<float>.One;
            Vector512<float> t = one / (one + (Vector512.Abs(z) * 0.2316419f));
            Vector512<float> sum = Vector512.Create(-1.821255978f) + (t * 1.330274429f);
            sum = Vector512.Create(-0.356563782f) + (t * (Vector512.Create(1.781477937f) + (t * sum)));
            Vector512<float> tail = density * t * (Vector512.Create(0.31938153f) + (t * sum));
            return Vector512.ConditionalSelect(Vector512.LessThan(z, Vector512<float>.Zero), tail, one - tail);
        }
    }
}
