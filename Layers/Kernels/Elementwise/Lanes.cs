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
    /// Selects the lanes of sixteen columns that are within a row: those from column 0 to <paramref name="width"/>.
    /// </summary>
    /// <param name="column">The first lane's column; may be negative.</param>
    /// <param name="width">Columns of the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Inside(int column, int width) =>
        VectorMask.First512(width - column) & ~VectorMask.First512(-column);

    // What follows asks for the instructions themselves, which are known when a method is compiled: kernels that are
    // compiled once would keep the branches on the path, and with them calls that push their vectors out of registers.

    /// <summary>Loads the selected lanes; the others are 0, and their memory is not touched.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* from, Vector512<float> selected) =>
        Avx512F.IsSupported ? Avx512F.MaskLoad(from, selected, Vector512<float>.Zero)
        : Avx.IsSupported
            ? Vector512.Create(
                Avx.MaskLoad(from, selected.GetLower()), Avx.MaskLoad(from + 8, selected.GetUpper()))
        : LoadEach(from, selected);

    /// <summary>Writes the selected lanes; the memory of the others is not touched.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, float* to, Vector512<float> selected)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.MaskStore(to, selected, values);
        }
        else if (Avx.IsSupported)
        {
            Avx.MaskStore(to, selected.GetLower(), values.GetLower());
            Avx.MaskStore(to + 8, selected.GetUpper(), values.GetUpper());
        }
        else
        {
            StoreEach(values, to, selected);
        }
    }

    /// <summary>Returns every second value of two vectors, from the first on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Even(Vector512<float> low, Vector512<float> high) =>
        Avx512F.IsSupported
            ? Avx512F.PermuteVar16x32x2(
                low, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30), high)
            : Vector512.Narrow(low.AsUInt64(), high.AsUInt64()).AsSingle();

    /// <summary>Returns every second value of two vectors, from the second on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Odd(Vector512<float> low, Vector512<float> high) =>
        Avx512F.IsSupported
            ? Avx512F.PermuteVar16x32x2(
                low, Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31), high)
            : Vector512.Narrow(low.AsUInt64() >> 32, high.AsUInt64() >> 32).AsSingle();

    /// <summary>Returns the two vectors of which these are every second value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Low, Vector512<float> High) Interleave(
        Vector512<float> even, Vector512<float> odd)
    {
        if (Avx512F.IsSupported)
        {
            return (
                Avx512F.PermuteVar16x32x2(
                    even, Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), odd),
                Avx512F.PermuteVar16x32x2(
                    even, Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), odd));
        }

        var (evenLow, evenHigh) = Vector512.Widen(even.AsUInt32());
        var (oddLow, oddHigh) = Vector512.Widen(odd.AsUInt32());
        return ((evenLow | (oddLow << 32)).AsSingle(), (evenHigh | (oddHigh << 32)).AsSingle());
    }

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

    private static Vector512<float> LoadEach(float* from, Vector512<float> selected)
    {
        Vector512<float> values = default;
        for (int i = 0; i < Width; i++)
        {
            ((float*)&values)[i] = selected.AsInt32()[i] != 0 ? from[i] : 0;
        }

        return values;
    }

    private static void StoreEach(Vector512<float> values, float* to, Vector512<float> selected)
    {
        for (int i = 0; i < Width; i++)
        {
            if (selected.AsInt32()[i] != 0)
            {
                to[i] = values[i];
            }
        }
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
