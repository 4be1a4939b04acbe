using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// Loads and stores sixteen values of a row, or as many as remain at its end: lanes beyond the end read as 0 and are
/// not written, and memory beyond it is not touched. So the tail of a row is computed by the same formula as its
/// middle, and a result does not depend on where in the row its value is.
/// </summary>
internal static unsafe class Lanes
{
    /// <summary>Values in a vector.</summary>
    public const int Width = 16;

    /// <summary>Loads the first <paramref name="count"/> values, 1 or more; all sixteen if there are more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* from, int count) =>
        count >= Width ? Vector512.Load(from)
        : VectorUnit.Path == VectorPath.Avx512
            ? Avx512F.MaskLoad(from, VectorMask.First512(count), Vector512<float>.Zero)
        : VectorUnit.Path == VectorPath.Avx2
            ? Vector512.Create(
                Avx.MaskLoad(from, VectorMask.First256(count)), Avx.MaskLoad(from + 8, VectorMask.First256(count - 8)))
        : LoadFirst(from, count);

    /// <summary>Loads the first <paramref name="count"/> integers; all sixteen if there are more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(int* from, int count) => Load((float*)from, count).AsInt32();

    /// <summary>
    /// Loads the first <paramref name="count"/> bytes, all sixteen if there are more, and converts them to floats.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(byte* from, int count)
    {
        Vector128<byte> bytes = count >= Width ? Vector128.Load(from) : LoadFirst(from, count);
        Vector512<int> numbers = VectorUnit.Path == VectorPath.Avx512 ? Avx512F.ConvertToVector512Int32(bytes)
            : VectorUnit.Path == VectorPath.Avx2 ? Vector512.Create(
                Avx2.ConvertToVector256Int32(bytes),
                Avx2.ConvertToVector256Int32(Vector128.CreateScalar(bytes.AsUInt64().GetElement(1)).AsByte()))
            : Widen(bytes);
        return Vector512.ConvertToSingle(numbers);
    }

    /// <summary>Writes the first <paramref name="count"/> values; all sixteen if there are more.</summary>
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

    /// <summary>Writes the first <paramref name="count"/> integers; all sixteen if there are more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> values, int* to, int count) => Store(values.AsSingle(), (float*)to, count);

    /// <summary>
    /// Returns the first <paramref name="count"/> lanes of a vector and 0 in the others: for sums of functions that are
    /// not 0 at 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> First(Vector512<float> values, int count) =>
        count >= Width ? values : values & VectorMask.First512(count);

    /// <summary>
    /// Returns the state that a stream passes to its next step: 0 where a sequence starts (the marker is 0; whatever
    /// the value, so that a NaN of the last sequence ends with it), otherwise the value times the marker.
    /// </summary>
    public static Vector512<float> Continue(Vector512<float> values, float marker) =>
        marker == 0 ? Vector512<float>.Zero : values * marker;

    private static Vector512<float> LoadFirst(float* from, int count)
    {
        Vector512<float> values = default;
        new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(&values, Width));
        return values;
    }

    private static Vector128<byte> LoadFirst(byte* from, int count)
    {
        Vector128<byte> values = default;
        new ReadOnlySpan<byte>(from, count).CopyTo(new Span<byte>(&values, Width));
        return values;
    }

    private static Vector512<int> Widen(Vector128<byte> bytes)
    {
        var (low, high) = Vector128.Widen(bytes);
        var (first, second) = Vector128.Widen(low);
        var (third, fourth) = Vector128.Widen(high);
        return Vector512.Create(Vector256.Create(first, second), Vector256.Create(third, fourth)).AsInt32();
    }

    private static void StoreFirst(Vector512<float> values, float* to, int count)
    {
        Vector256<float> half = values.GetLower();
        if (count >= Vector256<float>.Count)
        {
            half.Store(to);
            half = values.GetUpper();
            to += Vector256<float>.Count;
            count -= Vector256<float>.Count;
        }

        for (int i = 0; i < count; i++)
        {
            to[i] = half.GetElement(i);
        }
    }
}
