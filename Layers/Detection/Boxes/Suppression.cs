using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Detection.Boxes;

/// <summary>
/// Non-maximum suppression: of boxes in the order of their scores, those stay that overlap none that stays by more than
/// a threshold. After each that stays, the threshold is multiplied by eta while it is above 0.5.
/// </summary>
/// <remarks>Boxes that stay are kept side by side, one coordinate an array, and compared sixteen at a time.</remarks>
internal static unsafe class Suppression
{
    /// <summary>Arrays of the boxes that stay: four sides and the area.</summary>
    private const int Arrays = 5;

    /// <summary>Returns the floats of scratch memory for so many candidates.</summary>
    public static long ScratchSize(int candidates) => (long)Arrays * Pitch(candidates);

    /// <summary>Moves the keys of the boxes that stay to the front.</summary>
    /// <param name="keys">The candidates' keys, see <see cref="ScoreOrder"/>, in the order of their scores.</param>
    /// <param name="boxes">The boxes by the keys' indices, <paramref name="stride"/> floats apart.</param>
    /// <param name="stride">Floats from one box to the next.</param>
    /// <param name="threshold">Overlap up to which boxes stay.</param>
    /// <param name="eta">Factor of the threshold.</param>
    /// <param name="minArea">Area below which boxes are left out.</param>
    /// <param name="scratch">See <see cref="ScratchSize"/>; on a 64-byte boundary.</param>
    /// <returns>How many stay.</returns>
    public static int Run(
        Span<ulong> keys, float* boxes, nint stride, float threshold, float eta, float minArea, float* scratch)
    {
        int pitch = Pitch(keys.Length), count = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            Box box = *(Box*)(boxes + (ScoreOrder.Index(keys[i]) * stride));
            if (box.Area < minArea || Meets(box, scratch, pitch, count, threshold))
            {
                continue;
            }

            float* at = scratch + count;
            (at[0], at[pitch], at[2 * pitch]) = (box.XMin, box.YMin, box.XMax);
            (at[3 * pitch], at[4 * pitch]) = (box.YMax, box.Area);
            keys[count++] = keys[i];
            if (eta < 1 && threshold > 0.5f)
            {
                threshold *= eta;
            }
        }

        return count;
    }

    /// <summary>
    /// Finds what <see cref="Run"/> finds, one pair of boxes at a time: the specification that tests compare it with.
    /// </summary>
    internal static int Reference(Span<ulong> keys, ReadOnlySpan<Box> boxes, float threshold, float eta, float minArea)
    {
        int count = 0;
        foreach (ulong key in keys)
        {
            Box box = boxes[ScoreOrder.Index(key)];
            bool stays = !(box.Area < minArea);
            for (int i = 0; i < count && stays; i++)
            {
                stays = Box.Overlap(box, boxes[ScoreOrder.Index(keys[i])]) <= threshold;
            }

            if (stays)
            {
                keys[count++] = key;
                threshold *= eta < 1 && threshold > 0.5f ? eta : 1;
            }
        }

        return count;
    }

    private static bool Meets(Box box, float* kept, int pitch, int count, float threshold)
    {
        Vector512<float> xMin = Vector512.Create(box.XMin), yMin = Vector512.Create(box.YMin);
        Vector512<float> xMax = Vector512.Create(box.XMax), yMax = Vector512.Create(box.YMax);
        Vector512<float> area = Vector512.Create(box.Area), most = Vector512.Create(threshold);
        for (int i = 0; i < count; i += Lanes.Width)
        {
            // Lanes beyond the last box hold old numbers and are masked.
            float* at = kept + i;
            Vector512<float> width = Vector512.Min(xMax, Vector512.Load(at + (2 * pitch)))
                - Vector512.Max(xMin, Vector512.Load(at));
            Vector512<float> height = Vector512.Min(yMax, Vector512.Load(at + (3 * pitch)))
                - Vector512.Max(yMin, Vector512.Load(at + pitch));
            Vector512<float> meet = Vector512.GreaterThan(width, Vector512<float>.Zero)
                & Vector512.GreaterThan(height, Vector512<float>.Zero);
            meet = Lanes.First(meet, count - i);
            if (meet.AsInt32() == Vector512<int>.Zero)
            {
                continue;
            }

            Vector512<float> common = width * height;
            Vector512<float> overlap = common / (area + Vector512.Load(at + (4 * pitch)) - common);
            Vector512<float> stays = Vector512.LessThanOrEqual(overlap, most);
            if (Vector512.AndNot(meet, stays).AsInt32() != Vector512<int>.Zero)
            {
                return true;
            }
        }

        return false;
    }

    private static int Pitch(int candidates) => (candidates + Lanes.Width - 1) / Lanes.Width * Lanes.Width;
}
