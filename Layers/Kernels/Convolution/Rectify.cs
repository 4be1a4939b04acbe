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
    public static Vector512<float> Of(Vector512<float> x, Vector512<float> slope, Vector512<float> ceiling) =>
        Lanes512.Limit(Lanes512.Rectify(x, slope), ceiling);

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
        var sum = new RectifiedAddition(rectifier);
        for (int i = 0; i < count; i += Lanes.Width)
        {
            int left = count - i;
            Lanes.Store(sum.Compute(Lanes.Load(x + i, left), Lanes.Load(addend + i, left)), x + i, left);
        }
    }

    /// <summary>As <see cref="Sum(float*, float*, int, Rectifier?)"/>, for rows of both.</summary>
    /// <param name="x">The first row.</param>
    /// <param name="addend">The first row that is added.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="count">Values of a row.</param>
    /// <param name="step">Floats from one row to the next.</param>
    /// <param name="rectifier">The rectifier, or null.</param>
    public static void SumRows(float* x, float* addend, int rows, int count, nint step, Rectifier? rectifier)
    {
        for (int r = 0; r < rows; r++, x += step, addend += step)
        {
            Sum(x, addend, count, rectifier);
        }
    }

    /// <summary>As <see cref="Sum(float*, float*, int, Rectifier?)"/>, on all threads.</summary>
    public static void Sum(WorkerPool pool, float* x, float* addend, int count, Rectifier? rectifier) =>
        EltwiseKernel.Run(new RectifiedAddition(rectifier), x, addend, x, count, pool);

    private readonly struct RectifiedAddition(Rectifier? rectifier) : IBinaryOperation
    {
        private readonly bool rectifies = rectifier.HasValue;
        private readonly Vector512<float> slope = Vector512.Create(rectifier?.Slope ?? 1);
        private readonly Vector512<float> ceiling = Vector512.Create(rectifier?.Ceiling ?? float.PositiveInfinity);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) =>
            rectifies ? Of(a + b, slope, ceiling) : a + b;
    }
}
