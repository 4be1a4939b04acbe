namespace Cnn.Campaigns.References.Vision;

/// <summary>Walks through the indices of an array in row-major order.</summary>
internal static class Positions
{
    /// <summary>Returns every index of an array of the given sizes.</summary>
    public static IEnumerable<int[]> Of(int[] sizes)
    {
        int count = sizes.Aggregate(1, (n, size) => n * size);
        for (int i = 0; i < count; i++)
        {
            yield return At(sizes, i);
        }
    }

    /// <summary>Returns the index of the i-th value.</summary>
    public static int[] At(int[] sizes, int i)
    {
        var at = new int[sizes.Length];
        for (int axis = sizes.Length - 1; axis >= 0; axis--)
        {
            (i, at[axis]) = Math.DivRem(i, sizes[axis]);
        }

        return at;
    }
}
