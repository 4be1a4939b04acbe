using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// Puts the values of a plane back to where <see cref="MaxPooling"/> found them: <c>y[places[i]] = x[i]</c>, 0
/// elsewhere; of several values at a place the last stays. The caller checks the places. A part is a few planes.
/// </summary>
internal static unsafe class MaxUnpooling
{
    private const int PlanesPerPart = 16;

    /// <summary>Computes y [planes, unpooled] from x [planes, pooled].</summary>
    public static void Forward(float* x, int* places, float* y, int planes, int pooled, int unpooled, WorkerPool pool)
    {
        KernelGuard.Array(x, planes, pooled);
        KernelGuard.Array(places, planes, pooled);
        KernelGuard.Array(y, planes, unpooled);
        var job = new Job(x, places, y, planes, pooled, unpooled, false);
        pool.Run((planes + PlanesPerPart - 1) / PlanesPerPart, ref job);
    }

    /// <summary>Computes dx [planes, pooled] from dy [planes, unpooled].</summary>
    public static void Backward(
        float* dy, int* places, float* dx, int planes, int pooled, int unpooled, WorkerPool pool)
    {
        KernelGuard.Array(dx, planes, pooled);
        KernelGuard.Array(places, planes, pooled);
        KernelGuard.Array(dy, planes, unpooled);
        var job = new Job(dx, places, dy, planes, pooled, unpooled, true);
        pool.Run((planes + PlanesPerPart - 1) / PlanesPerPart, ref job);
    }

    private readonly struct Job(
        float* x, int* places, float* y, int planes, int pooled, int unpooled, bool back) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int end = Math.Min(planes, (part + 1) * PlanesPerPart);
            for (int plane = part * PlanesPerPart; plane < end; plane++)
            {
                float* small = x + ((nint)plane * pooled), large = y + ((nint)plane * unpooled);
                int* at = places + ((nint)plane * pooled);
                if (!back)
                {
                    new Span<float>(large, unpooled).Clear();
                }

                for (int i = 0; i < pooled; i++)
                {
                    if (back)
                    {
                        small[i] = large[at[i]];
                    }
                    else
                    {
                        large[at[i]] = small[i];
                    }
                }
            }
        }
    }
}
