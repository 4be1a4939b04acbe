namespace Cnn.Layers.Kernels.ArgMax;

/// <summary>
/// Finds the k largest of a row of values and their places with a heap whose root is the smallest of the best so far:
/// one comparison rejects most values, and no order of the values makes it slow.
/// </summary>
internal readonly unsafe struct LargestValues
{
    private readonly float* values;
    private readonly int* places;
    private readonly int k;

    /// <summary>Prepares to find k values and their places.</summary>
    /// <param name="scratch">Memory for 2 k floats.</param>
    /// <param name="k">How many.</param>
    public LargestValues(float* scratch, int k)
    {
        values = scratch;
        places = (int*)(scratch + k);
        this.k = k;
    }

    /// <summary>Whether the first value ranks below the second: it is smaller, or equal and before it.</summary>
    public static bool IsBelow(float a, int placeA, float b, int placeB) =>
        a < b || (!(a > b) && (float.IsNaN(a) == float.IsNaN(b) ? placeA < placeB : float.IsNaN(a)));

    /// <summary>Returns the value of a rank; rank 0 is the largest.</summary>
    public float Value(int rank) => values[rank];

    /// <summary>Returns the place of a rank.</summary>
    public int Index(int rank) => places[rank];

    /// <summary>Searches <paramref name="count"/> values, k or more, a stride apart.</summary>
    public void Find(float* from, int count, int stride)
    {
        for (int i = 0; i < k; i++)
        {
            (values[i], places[i]) = (from[(long)i * stride], i);
        }

        for (int i = (k / 2) - 1; i >= 0; i--)
        {
            Sink(i, k);
        }

        for (int i = k; i < count; i++)
        {
            float value = from[(long)i * stride];
            if (!(value < values[0]) && IsBelow(values[0], places[0], value, i))
            {
                (values[0], places[0]) = (value, i);
                Sink(0, k);
            }
        }

        // Moves the smallest to the end, then the smallest of the remaining values, and so on.
        for (int end = k - 1; end > 0; end--)
        {
            (values[0], values[end]) = (values[end], values[0]);
            (places[0], places[end]) = (places[end], places[0]);
            Sink(0, end);
        }
    }

    private void Sink(int at, int count)
    {
        float value = values[at];
        int place = places[at];
        while (true)
        {
            // 2 at + 1 can exceed the largest int only where there is no such child.
            long child = (2L * at) + 1;
            if (child >= count)
            {
                break;
            }

            int least = (int)child;
            if (least + 1 < count && IsBelow(values[least + 1], places[least + 1], values[least], places[least]))
            {
                least++;
            }

            if (!IsBelow(values[least], places[least], value, place))
            {
                break;
            }

            (values[at], places[at]) = (values[least], places[least]);
            at = least;
        }

        (values[at], places[at]) = (value, place);
    }
}
