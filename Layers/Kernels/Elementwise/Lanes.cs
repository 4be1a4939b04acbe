using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// Sixteen values of a row, or as many as are left at its end: the rest reads as 0 and is not written. So a row's end
/// is computed by the same formula as its middle.
/// </summary>
internal static unsafe class Lanes
{
    /// <summary>Values at once.</summary>
    public const int Width = 16;

    /// <summary>The first <paramref name="count"/> values, all sixteen when more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* from, int count) =>
        count >= Width ? Vector512.Load(from)
        : VectorUnit.Path == VectorPath.Avx512 ? Avx512F.MaskLoad(from, VectorMask.First512(count), Vector512<float>.Zero)
        : LoadFirst(from, count);

    /// <summary>Writes the first <paramref name="count"/> values, all sixteen when more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, float* to, int count)
    {
        if (count >= Width)
        {
            values.Store(to);
        }
        else if (VectorUnit.Path == VectorPath.Avx512)
        {
            Avx512F.MaskStore(to, VectorMask.First512(count), values);
        }
        else
        {
            StoreFirst(values, to, count);
        }
    }

    /// <summary>
    /// What a stream hands to its next step: nothing where a sequence starts (the marker is 0, whatever the value, so a
    /// NaN of the last sequence ends with it), else the value times the marker.
    /// </summary>
    public static Vector512<float> Continue(Vector512<float> values, float marker) =>
        marker == 0 ? Vector512<float>.Zero : values * marker;

    private static Vector512<float> LoadFirst(float* from, int count)
    {
        if (VectorUnit.Path == VectorPath.Avx2)
        {
            return Vector512.Create(
                Avx.MaskLoad(from, VectorMask.First256(count)), Avx.MaskLoad(from + 8, VectorMask.First256(count - 8)));
        }

        Vector512<float> values = default;
        new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(&values, Width));
        return values;
    }

    private static void StoreFirst(Vector512<float> values, float* to, int count)
    {
        Vector256<float> rest = values.GetLower();
        if (count >= Vector256<float>.Count)
        {
            rest.Store(to);
            rest = values.GetUpper();
            to += Vector256<float>.Count;
            count -= Vector256<float>.Count;
        }

        for (int i = 0; i < count; i++)
        {
            to[i] = rest.GetElement(i);
        }
    }
}
