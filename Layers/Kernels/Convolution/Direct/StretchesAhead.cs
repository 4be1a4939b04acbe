using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Direct;

/// <summary>
/// Memory that micro-kernels fetch into the second-level cache while they compute: a stretch, then another.
/// </summary>
/// <param name="first">The first stretch.</param>
/// <param name="firstFloats">Its floats, or 0.</param>
/// <param name="second">The second stretch.</param>
/// <param name="secondFloats">Its floats, or 0.</param>
/// <param name="steps">The values of k that the micro-kernels go through in all.</param>
internal unsafe struct StretchesAhead(float* first, nint firstFloats, float* second, nint secondFloats, nint steps)
{
    private nint left = firstFloats, leftOfSecond = secondFloats;
    private float* at = first;

    /// <summary>The floats to go on for each k: no more than are fetched at a time, so that they come evenly.</summary>
    public int Step { get; } = (int)Math.Clamp(
        (firstFloats + secondFloats + steps - 1) / Math.Max(1, steps), 1, CacheLine.Floats);

    /// <summary>Returns the next floats to fetch, or <paramref name="otherwise"/> after the last.</summary>
    /// <param name="floats">How many; the last may be fewer.</param>
    /// <param name="otherwise">As many floats that are in the cache.</param>
    public float* Take(nint floats, float* otherwise)
    {
        if (left <= 0)
        {
            at = second;
            (left, leftOfSecond) = (leftOfSecond, 0);
        }

        float* from = left > 0 ? at : otherwise;
        at += floats;
        left -= floats;
        return from;
    }
}
