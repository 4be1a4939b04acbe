using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>Sixteen values and their places; it works on any machine but is meant for AVX-512.</summary>
internal readonly unsafe struct MaxLanes512 : IMaxLanes<Vector512<float>, Vector512<int>>
{
    public static int Width => 16;

    public static Vector512<int> Nowhere => Vector512<int>.AllBitsSet;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* from, int count) => Lanes.Load(from, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(int* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, float* to, int count) => Lanes.Store(values, to, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> places, int* to, int count) =>
        Lanes.Store(places.AsSingle(), (float*)to, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> All(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> From(int first) => Vector512.Create(first) + Vector512<int>.Indices;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> EverySecond(int first) =>
        Vector512.Create(first) + (Vector512<int>.Indices * Vector512.Create(2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> places, int step) => places + Vector512.Create(step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Greater(Vector512<float> value, Vector512<float> max) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(value, max), value, max);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Take(
        Vector512<float> value, Vector512<int> place, ref Vector512<float> max, ref Vector512<int> at)
    {
        Vector512<float> isMore = Vector512.GreaterThan(value, max);
        max = Vector512.ConditionalSelect(isMore, value, max);
        at = Vector512.ConditionalSelect(isMore.AsInt32(), place, at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TakeFirst(
        Vector512<float> value, Vector512<int> place, ref Vector512<float> max, ref Vector512<int> at)
    {
        Vector512<float> isNext = Vector512.GreaterThan(value, max)
            | (Vector512.Equals(value, max) & Vector512.LessThan(place, at).AsSingle());
        max = Vector512.ConditionalSelect(isNext, value, max);
        at = Vector512.ConditionalSelect(isNext.AsInt32(), place, at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void End(int count, ref Vector512<float> max, ref Vector512<int> at)
    {
        Vector512<int> inside = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count));
        max = Vector512.ConditionalSelect(inside.AsSingle(), max, Vector512.Create(float.MinValue));
        at |= ~inside;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreEvenAndOdd(Vector512<float> values, float* even, float* odd)
    {
        Vector256<float> low = values.GetLower(), high = values.GetUpper();
        if (Avx2.IsSupported)
        {
            MaxLanes256.Even(low, high).Store(even);
            MaxLanes256.Odd(low, high).Store(odd);
            return;
        }

        for (int i = 0; i < Width / 2; i++)
        {
            (even[i], odd[i]) = (values.GetElement(2 * i), values.GetElement((2 * i) + 1));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreEvenAndOdd(Vector512<int> places, int* even, int* odd) =>
        StoreEvenAndOdd(places.AsSingle(), (float*)even, (float*)odd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInTurn(Vector512<float> even, Vector512<float> odd, float* to)
    {
        if (Avx2.IsSupported)
        {
            MaxLanes256.StoreInTurn(even.GetLower(), odd.GetLower(), to);
            MaxLanes256.StoreInTurn(even.GetUpper(), odd.GetUpper(), to + Width);
            return;
        }

        for (int i = 0; i < Width; i++)
        {
            (to[2 * i], to[(2 * i) + 1]) = (even.GetElement(i), odd.GetElement(i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> AddWhere(
        Vector512<int> place, Vector512<int> wanted, Vector512<float> values, Vector512<float> sum) =>
        sum + (values & Vector512.Equals(place, wanted).AsSingle());
}
