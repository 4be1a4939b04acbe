using Cnn.Fillers;

namespace Cnn.Campaigns.References;

/// <summary>The places of arrays.</summary>
internal static class Positions
{
    /// <summary>Returns every index of an array, one number an axis, the last axis running fastest.</summary>
    public static IEnumerable<int[]> Of(IReadOnlyList<int> shape)
    {
        long count = shape.Aggregate(1L, (n, d) => n * d);
        for (long i = 0; i < count; i++)
        {
            var at = new int[shape.Count];
            long rest = i;
            for (int axis = shape.Count - 1; axis >= 0; axis--)
            {
                at[axis] = (int)(rest % shape[axis]);
                rest /= shape[axis];
            }

            yield return at;
        }
    }

    /// <summary>Returns an axis that may count from the end.</summary>
    public static int Axis(int axis, int axes) => axis < 0 ? axis + axes : axis;

    /// <summary>Returns an axis, at times counted from the end.</summary>
    public static int Either(PhiloxRandom random, int axis, int axes) => random.Chance(0.3) ? axis - axes : axis;
}
