using System.Numerics;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>Sums over runs of pixels: one operand is contiguous, the other has a step.</summary>
internal static unsafe class PixelRuns
{
    /// <summary>Computes <c>to[i] += factor * pixels[i * step]</c>.</summary>
    public static void AddTo(float* to, float* pixels, int step, float factor, int count)
    {
        int i = 0;
        for (; step == 1 && i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Store(Vector.Load(to + i) + (Vector.Load(pixels + i) * factor), to + i);
        }

        for (; i < count; i++)
        {
            to[i] += factor * pixels[(nint)i * step];
        }
    }

    /// <summary>Computes <c>pixels[i * step] += factor * from[i]</c>.</summary>
    public static void AddFrom(float* from, float* pixels, int step, float factor, int count)
    {
        int i = 0;
        for (; step == 1 && i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Store(Vector.Load(pixels + i) + (Vector.Load(from + i) * factor), pixels + i);
        }

        for (; i < count; i++)
        {
            pixels[(nint)i * step] += factor * from[i];
        }
    }

    /// <summary>Returns the sum of <c>values[i] * pixels[i * step]</c>.</summary>
    public static float Dot(float* values, float* pixels, int step, int count)
    {
        Vector<float> sums = default;
        int i = 0;
        for (; step == 1 && i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            sums += Vector.Load(values + i) * Vector.Load(pixels + i);
        }

        float sum = Vector.Sum(sums);
        for (; i < count; i++)
        {
            sum += values[i] * pixels[(nint)i * step];
        }

        return sum;
    }
}
