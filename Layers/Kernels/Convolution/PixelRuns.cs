using System.Numerics;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>Sums over runs of pixels of which one side lies side by side and the other some steps apart.</summary>
internal static unsafe class PixelRuns
{
    /// <summary><c>to[i] += factor * pixels[i * step]</c>.</summary>
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

    /// <summary><c>pixels[i * step] += factor * from[i]</c>.</summary>
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

    /// <summary>The sum of <c>values[i] * pixels[i * step]</c>.</summary>
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
