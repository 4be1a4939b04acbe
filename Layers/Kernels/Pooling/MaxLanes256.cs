using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>Eight values and their places, with AVX2.</summary>
internal readonly unsafe struct MaxLanes256 : IMaxLanes<Vector256<float>, Vector256<int>>
{
    public static int Width => 8;

    public static Vector256<int> Nowhere => Vector256<int>.AllBitsSet;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* from, int count) => Lanes256.Load(from, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(int* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> values, float* to, int count) => Lanes256.Store(values, to, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> places, int* to, int count) =>
        Lanes256.Store(places.AsSingle(), (float*)to, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> All(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> From(int first) => Vector256.Create(first) + Vector256<int>.Indices;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> EverySecond(int first) =>
        Vector256.Create(first) + (Vector256<int>.Indices * Vector256.Create(2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> places, int step) => places + Vector256.Create(step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Greater(Vector256<float> value, Vector256<float> max) => Avx.Max(value, max);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Take(
        Vector256<float> value, Vector256<int> place, ref Vector256<float> max, ref Vector256<int> at)
    {
        Vector256<float> isMore = Vector256.GreaterThan(value, max);
        max = Avx.Max(value, max);
        at = Avx.BlendVariable(at.AsSingle(), place.AsSingle(), isMore).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TakeFirst(
        Vector256<float> value, Vector256<int> place, ref Vector256<float> max, ref Vector256<int> at)
    {
        Vector256<float> isNext = Vector256.GreaterThan(value, max)
            | (Vector256.Equals(value, max) & Vector256.LessThan(place, at).AsSingle());
        max = Avx.BlendVariable(max, value, isNext);
        at = Avx.BlendVariable(at.AsSingle(), place.AsSingle(), isNext).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void End(int count, ref Vector256<float> max, ref Vector256<int> at)
    {
        Vector256<float> inside = VectorMask.First256(count);
        max = Avx.BlendVariable(Vector256.Create(float.MinValue), max, inside);
        at |= ~inside.AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreEvenAndOdd(Vector256<float> values, float* even, float* odd)
    {
        Vector128<float> low = values.GetLower(), high = values.GetUpper();
        Sse.Shuffle(low, high, 0b10_00_10_00).Store(even);
        Sse.Shuffle(low, high, 0b11_01_11_01).Store(odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreEvenAndOdd(Vector256<int> places, int* even, int* odd) =>
        StoreEvenAndOdd(places.AsSingle(), (float*)even, (float*)odd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInTurn(Vector256<float> even, Vector256<float> odd, float* to)
    {
        // Unpacking works within the halves of the registers.
        Vector256<float> low = Avx.UnpackLow(even, odd), high = Avx.UnpackHigh(even, odd);
        Avx.Permute2x128(low, high, 0x20).Store(to);
        Avx.Permute2x128(low, high, 0x31).Store(to + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> AddWhere(
        Vector256<int> place, Vector256<int> wanted, Vector256<float> values, Vector256<float> sum) =>
        sum + (values & Vector256.Equals(place, wanted).AsSingle());

    /// <summary>Returns the values at even positions of sixteen.</summary>
    /// <remarks>
    /// A shuffle works within the halves of the registers; the permutation puts the four pairs in order.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Even(Vector256<float> low, Vector256<float> high) =>
        Avx2.Permute4x64(Avx.Shuffle(low, high, 0b10_00_10_00).AsDouble(), 0b11_01_10_00).AsSingle();

    /// <summary>Returns the values at odd positions of sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Odd(Vector256<float> low, Vector256<float> high) =>
        Avx2.Permute4x64(Avx.Shuffle(low, high, 0b11_01_11_01).AsDouble(), 0b11_01_10_00).AsSingle();
}
