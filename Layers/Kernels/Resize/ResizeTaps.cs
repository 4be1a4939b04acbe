using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Resize;

/// <summary>
/// What each position of a resized axis reads: <c>(1 - share) x[low] + share x[high]</c>. Computed once for a size.
/// </summary>
internal sealed unsafe class ResizeTaps
{
    private readonly PinnedInts places;

    private ResizeTaps(int count)
    {
        Count = count;
        places = new PinnedInts(3 * count);
    }

    /// <summary>Positions.</summary>
    public int Count { get; }

    /// <summary>The lower place of each position.</summary>
    public int* Low => places.Pointer;

    /// <summary>The upper place of each position.</summary>
    public int* High => places.Pointer + Count;

    /// <summary>The upper place's share.</summary>
    public float* Share => (float*)(places.Pointer + (2 * Count));

    /// <summary>Positions between two pixels each, with <c>place(i)</c> clamped to the axis.</summary>
    /// <param name="count">Positions.</param>
    /// <param name="size">The size of the axis that is read.</param>
    /// <param name="place">The place of a position on that axis.</param>
    public static ResizeTaps Linear(int count, int size, Func<int, float> place)
    {
        var taps = new ResizeTaps(count);
        for (int i = 0; i < count; i++)
        {
            float at = place(i), floor = MathF.Floor(at);
            taps.Low[i] = Math.Clamp((int)floor, 0, size - 1);
            taps.High[i] = Math.Clamp((int)MathF.Ceiling(at), 0, size - 1);
            taps.Share[i] = at - floor;
        }

        return taps;
    }

    /// <summary>Positions that read one pixel each.</summary>
    /// <param name="count">Positions.</param>
    /// <param name="size">The size of the axis that is read.</param>
    /// <param name="place">The place of a position on that axis; it is clamped.</param>
    public static ResizeTaps Nearest(int count, int size, Func<int, int> place)
    {
        var taps = new ResizeTaps(count);
        for (int i = 0; i < count; i++)
        {
            taps.Low[i] = taps.High[i] = Math.Clamp(place(i), 0, size - 1);
        }

        return taps;
    }
}
