using Cnn.Fillers;

namespace Cnn.Campaigns.References;

/// <summary>The places of arrays.</summary>
internal static class Positions
{
    /// <summary>Returns every index of an array, one number an axis, the last axis running fastest.</summary>
    public static IEnumerable<int[]> Of(IReadOnlyList<int> shape)
    {
        int count = shape.Aggregate(1, (n, d) => n * d);
        for (int i = 0; i < count; i++)
        {
            yield return At(shape, i);
        }
    }

    /// <summary>Returns the index of the i-th value.</summary>
    public static int[] At(IReadOnlyList<int> shape, int i)
    {
        var at = new int[shape.Count];
        for (int axis = shape.Count - 1; axis >= 0; axis--)
        {
            (i, at[axis]) = Math.DivRem(i, shape[axis]);
        }

        return at;
    }

    /// <summary>Returns an axis that may count from the end.</summary>
    public static int Axis(int axis, int axes) => axis < 0 ? axis + axes : axis;

    /// <summary>Returns an axis, at times counted from the end.</summary>
    public static int Either(PhiloxRandom random, int axis, int axes) => random.Chance(0.3) ? axis - axes : axis;
}
