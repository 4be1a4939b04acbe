namespace Cnn.Layers.Detection.Boxes;

/// <summary>
/// Scores with indices as numbers that sort by descending score, equal scores by ascending index.
/// </summary>
internal static class ScoreOrder
{
    /// <summary>Returns the key of a score, which is not NaN, and an index, 0 or more.</summary>
    public static ulong Key(float score, int index)
    {
        // A float's bits order like an integer's, backwards below 0; 0 is added so that -0 equals 0.
        int bits = BitConverter.SingleToInt32Bits(score + 0f);
        uint ascending = (uint)(bits < 0 ? ~bits : bits | int.MinValue);
        return ((ulong)~ascending << 32) | (uint)index;
    }

    /// <summary>Returns the index of a key.</summary>
    public static int Index(ulong key) => (int)(uint)key;

    /// <summary>Returns the score of a key.</summary>
    public static float Score(ulong key)
    {
        int bits = ~(int)(uint)(key >> 32);
        return BitConverter.Int32BitsToSingle(bits < 0 ? bits & int.MaxValue : ~bits);
    }

    /// <summary>Sorts the first keys, as many as asked for, to the front; the others follow in any order.</summary>
    /// <returns>How many are sorted.</returns>
    public static int SortFirst(Span<ulong> keys, int count)
    {
        if (count < keys.Length)
        {
            Select(keys, count);
            keys = keys[..count];
        }

        keys.Sort();
        return keys.Length;
    }

    /// <summary>
    /// Moves the smallest keys, as many as asked for, to the front, in any order (Hoare's selection; keys differ).
    /// </summary>
    public static void Select(Span<ulong> keys, int count)
    {
        int low = 0, high = keys.Length - 1;
        while (low < high)
        {
            ulong pivot = Median(keys[low], keys[low + ((high - low) / 2)], keys[high]);
            int i = low, j = high;
            while (i <= j)
            {
                while (keys[i] < pivot)
                {
                    i++;
                }

                while (keys[j] > pivot)
                {
                    j--;
                }

                if (i <= j)
                {
                    (keys[i], keys[j]) = (keys[j], keys[i]);
                    i++;
                    j--;
                }
            }

            if (count <= j)
            {
                high = j;
            }
            else if (count >= i)
            {
                low = i;
            }
            else
            {
                return;
            }
        }
    }

    private static ulong Median(ulong a, ulong b, ulong c) =>
        Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
