using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels;

/// <summary>
/// Interleaves sixteen planes, so that an operation on each place of a plane is done for sixteen planes at once,
/// whatever the width of their rows: <c>lanes[16 i + p]</c> is value i of plane p.
/// </summary>
internal static unsafe class PlaneLanes
{
    /// <summary>Number of planes side by side.</summary>
    public const int Count = 16;

    /// <summary>Copies the values of planes to lanes; lanes without a plane hold those of the first.</summary>
    /// <param name="planes">The first value of the first plane.</param>
    /// <param name="planeSize">Distance from plane to plane, in floats.</param>
    /// <param name="count">Number of planes, from 1 to the number of lanes.</param>
    /// <param name="values">Values per plane.</param>
    /// <param name="lanes">The target: <paramref name="width"/> times as many values.</param>
    /// <param name="width">Number of lanes: 16, or fewer in whole vectors.</param>
    public static void Load(float* planes, nint planeSize, int count, int values, float* lanes, int width = Count)
    {
        float** from = stackalloc float*[Count];
        for (int i = 0; i < width; i++)
        {
            from[i] = planes + ((i < count ? i : 0) * planeSize);
        }

        for (int i = 0; i < width; i += MicroKernels.Width)
        {
            Transposition.Run(from + i, 0, MicroKernels.Width, values, lanes + i, width);
        }
    }

    /// <summary>Copies the values of lanes to planes; the inverse of <see cref="Load"/>.</summary>
    public static void Store(float* lanes, float* planes, nint planeSize, int count, int values)
    {
        int step = MicroKernels.Width;
        float** from = stackalloc float*[step];
        float* buffer = stackalloc float[Count * Count];
        for (int v = 0; v < values; v += step)
        {
            int used = Math.Min(step, values - v);
            for (int i = 0; i < step; i++)
            {
                from[i] = lanes + (Count * (nint)(v + Math.Min(i, used - 1)));
            }

            // Whole vectors are written; where they would reach beyond the values, they go to a buffer first.
            if (used == step)
            {
                Transposition.Run(from, 0, step, count, planes + v, planeSize);
                continue;
            }

            Transposition.Run(from, 0, step, Count, buffer, step);
            for (int p = 0; p < count; p++)
            {
                float* to = planes + (p * planeSize) + v;
                new ReadOnlySpan<float>(buffer + (p * step), used).CopyTo(new Span<float>(to, used));
            }
        }
    }
}
