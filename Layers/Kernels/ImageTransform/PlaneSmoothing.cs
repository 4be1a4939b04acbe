using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// Smooths a plane by a separable filter: out(y, x) = sum over j and k of w(j) w(k) in(y + j - r, x + k - r), where
/// values outside the plane are 0.
/// </summary>
internal static unsafe class PlaneSmoothing
{
    /// <summary>Returns how many values of scratch memory <see cref="Run"/> needs.</summary>
    public static int ScratchSize(int height, int width, int taps) => checked((height * width) + width + taps - 1);

    /// <summary>Smooths in place, a vector at a time.</summary>
    /// <param name="plane">The plane, [H, W].</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="weights">The filter.</param>
    /// <param name="taps">Its length, 2 r + 1.</param>
    /// <param name="scratch">Memory of <see cref="ScratchSize"/> values.</param>
    public static void Run(float* plane, int height, int width, float* weights, int taps, float* scratch)
    {
        KernelGuard.Array(plane, height, width);
        KernelGuard.Array(weights, taps);
        KernelGuard.Apart(plane, (long)height * width, scratch, ScratchSize(height, width, taps));
        int radius = taps / 2;
        float* row = scratch + ((long)height * width);
        new Span<float>(row, width + taps - 1).Clear();
        for (int y = 0; y < height; y++)
        {
            new ReadOnlySpan<float>(plane + ((long)y * width), width).CopyTo(new Span<float>(row + radius, width));
            Sum(row, 1, weights, taps, scratch + ((long)y * width), width);
        }

        for (int y = 0; y < height; y++)
        {
            int first = Math.Max(0, y - radius), count = Math.Min(height, y + radius + 1) - first;
            float* from = scratch + ((long)first * width);
            Sum(from, width, weights + (first - (y - radius)), count, plane + ((long)y * width), width);
        }
    }

    // target(x) = the sum over k of weights(k) * from(k * step + x).
    private static void Sum(float* from, int step, float* weights, int count, float* target, int width)
    {
        for (int x = 0; x < width; x += Lanes.Width)
        {
            int left = width - x;
            Vector512<float> sum = Vector512<float>.Zero;
            for (int k = 0; k < count; k++)
            {
                sum += weights[k] * Lanes.Load(from + ((long)k * step) + x, left);
            }

            Lanes.Store(sum, target + x, left);
        }
    }
}
