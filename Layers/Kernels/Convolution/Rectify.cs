using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>Rectifies the result of a convolution; see <see cref="Rectifier"/>.</summary>
internal static unsafe class Rectify
{
    /// <summary>Rectifies sixteen values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x, Vector512<float> slope, Vector512<float> ceiling)
    {
        Vector512<float> y = Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512<float>.Zero), x, x * slope) + Vector512<float>.Zero;
        return Vector512.ConditionalSelect(Vector512.GreaterThan(y, ceiling), ceiling, y);
    }

    /// <summary>Rectifies values in place.</summary>
    public static void Run(float* x, int count, Rectifier rectifier)
    {
        Vector512<float> slope = Vector512.Create(rectifier.Slope), ceiling = Vector512.Create(rectifier.Ceiling);
        for (int i = 0; i < count; i += Lanes.Width)
        {
            Lanes.Store(Of(Lanes.Load(x + i, count - i), slope, ceiling), x + i, count - i);
        }
    }

    /// <summary>Adds values to others, and rectifies the sums if there is a rectifier.</summary>
    public static void Sum(float* x, float* addend, int count, Rectifier? rectifier)
    {
        Vector512<float> slope = Vector512.Create(rectifier?.Slope ?? 1);
        Vector512<float> ceiling = Vector512.Create(rectifier?.Ceiling ?? float.PositiveInfinity);
        for (int i = 0; i < count; i += Lanes.Width)
        {
            Vector512<float> sum = Lanes.Load(x + i, count - i) + Lanes.Load(addend + i, count - i);
            Lanes.Store(rectifier.HasValue ? Of(sum, slope, ceiling) : sum, x + i, count - i);
        }
    }

    /// <summary>As <see cref="Sum(float*, float*, int, Rectifier?)"/>, on all threads.</summary>
    public static void Sum(WorkerPool pool, float* x, float* addend, int count, Rectifier? rectifier)
    {
        var job = new SumJob { X = x, Addend = addend, Count = count, Rectifier = rectifier };
        pool.Run(ElementParts.Count(count), ref job);
    }

    private struct SumJob : IParallelJob
    {
        public float* X, Addend;
        public int Count;
        public Rectifier? Rectifier;

        public readonly void Run(int part, int worker)
        {
            var (at, end) = ElementParts.Range(part, Count);
            Sum(X + at, Addend + at, end - at, Rectifier);
        }
    }
}
