using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Broadcast;

/// <summary>
/// How two arrays are broadcast to one shape, with as few axes as that takes. The shapes are aligned at their last
/// axes; an axis of size 1, or one that is not there, is repeated to the other array's size. Axes side by side that
/// neither array or the same array repeats are one.
/// </summary>
internal sealed unsafe class BroadcastAxes
{
    private readonly PinnedInts sizes;
    private readonly PinnedInts firstStrides;
    private readonly PinnedInts secondStrides;
    private readonly bool[] repeats = new bool[2];

    /// <summary>Makes axes for arrays of up to <paramref name="maxAxes"/> axes.</summary>
    public BroadcastAxes(int maxAxes)
    {
        (sizes, firstStrides) = (new PinnedInts(maxAxes + 1), new PinnedInts(maxAxes + 1));
        secondStrides = new PinnedInts(maxAxes + 1);
    }

    /// <summary>The number of axes, 1 or more.</summary>
    public int Count { get; private set; }

    /// <summary>The number of values of the result.</summary>
    public int Values { get; private set; }

    /// <summary>The result's sizes, outermost first.</summary>
    public int* Sizes => sizes.Pointer;

    /// <summary>Distance in the first array from one value to the next along each axis; 0 where it repeats.</summary>
    public int* FirstStrides => firstStrides.Pointer;

    /// <summary>The same of the second array.</summary>
    public int* SecondStrides => secondStrides.Pointer;

    /// <summary>Returns the size of an axis of the result, counted from the last; null if the two do not fit.</summary>
    public static int? Size(ReadOnlySpan<int> first, ReadOnlySpan<int> second, int fromLast)
    {
        int a = fromLast < first.Length ? first[^(fromLast + 1)] : 1;
        int b = fromLast < second.Length ? second[^(fromLast + 1)] : 1;
        return a == b || b == 1 ? a : a == 1 ? b : null;
    }

    /// <summary>Sets the axes for two shapes that fit each other.</summary>
    public void Set(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        (Count, Values) = (0, 1);
        int all = Math.Max(first.Length, second.Length), firstStride = 1, secondStride = 1;

        // Innermost first; turned round at the end.
        for (int i = 0; i < all; i++)
        {
            int a = i < first.Length ? first[^(i + 1)] : 1, b = i < second.Length ? second[^(i + 1)] : 1;
            int size = Size(first, second, i)!.Value;
            Values *= size;
            if (size == 1)
            {
                continue;
            }

            bool repeatsFirst = a != size, repeatsSecond = b != size;
            if (Count > 0 && repeatsFirst == repeats[0] && repeatsSecond == repeats[1])
            {
                Sizes[Count - 1] = unchecked(Sizes[Count - 1] * size);
            }
            else
            {
                Sizes[Count] = size;
                FirstStrides[Count] = repeatsFirst ? 0 : firstStride;
                SecondStrides[Count] = repeatsSecond ? 0 : secondStride;
                Count++;
                (repeats[0], repeats[1]) = (repeatsFirst, repeatsSecond);
            }

            (firstStride, secondStride) = (unchecked(firstStride * a), unchecked(secondStride * b));
        }

        if (Count == 0)
        {
            (Sizes[0], FirstStrides[0], SecondStrides[0], Count) = (1, 1, 1, 1);
        }

        new Span<int>(Sizes, Count).Reverse();
        new Span<int>(FirstStrides, Count).Reverse();
        new Span<int>(SecondStrides, Count).Reverse();
    }
}
