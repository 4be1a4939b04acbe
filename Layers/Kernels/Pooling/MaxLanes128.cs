using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>Four values and their places, on any machine.</summary>
internal readonly unsafe struct MaxLanes128 : IMaxLanes<Vector128<float>, Vector128<int>>
{
    public static int Width => 4;

    public static Vector128<int> Nowhere => Vector128<int>.AllBitsSet;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* from, int count) => Lanes128.Load(from, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(int* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> values, float* to, int count) => Lanes128.Store(values, to, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> places, int* to, int count) =>
        Lanes128.Store(places.AsSingle(), (float*)to, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> All(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> From(int first) => Vector128.Create(first) + Vector128<int>.Indices;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> EverySecond(int first) =>
        Vector128.Create(first) + (Vector128<int>.Indices * Vector128.Create(2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> places, int step) => places + Vector128.Create(step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Greater(Vector128<float> value, Vector128<float> max) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(value, max), value, max);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Take(
        Vector128<float> value, Vector128<int> place, ref Vector128<float> max, ref Vector128<int> at)
    {
        Vector128<float> isMore = Vector128.GreaterThan(value, max);
        max = Vector128.ConditionalSelect(isMore, value, max);
        at = Vector128.ConditionalSelect(isMore.AsInt32(), place, at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TakeFirst(
        Vector128<float> value, Vector128<int> place, ref Vector128<float> max, ref Vector128<int> at)
    {
        Vector128<float> isNext = Vector128.GreaterThan(value, max)
            | (Vector128.Equals(value, max) & Vector128.LessThan(place, at).AsSingle());
        max = Vector128.ConditionalSelect(isNext, value, max);
        at = Vector128.ConditionalSelect(isNext.AsInt32(), place, at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void End(int count, ref Vector128<float> max, ref Vector128<int> at)
    {
        Vector128<int> inside = Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count));
        max = Vector128.ConditionalSelect(inside.AsSingle(), max, Vector128.Create(float.MinValue));
        at |= ~inside;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreEvenAndOdd(Vector128<float> values, float* even, float* odd)
    {
        (even[0], odd[0]) = (values.GetElement(0), values.GetElement(1));
        (even[1], odd[1]) = (values.GetElement(2), values.GetElement(3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreEvenAndOdd(Vector128<int> places, int* even, int* odd) =>
        StoreEvenAndOdd(places.AsSingle(), (float*)even, (float*)odd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInTurn(Vector128<float> even, Vector128<float> odd, float* to)
    {
        Vector128.Create(even.GetElement(0), odd.GetElement(0), even.GetElement(1), odd.GetElement(1)).Store(to);
        Vector128.Create(even.GetElement(2), odd.GetElement(2), even.GetElement(3), odd.GetElement(3)).Store(to + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> AddWhere(
        Vector128<int> place, Vector128<int> wanted, Vector128<float> values, Vector128<float> sum) =>
        sum + (values & Vector128.Equals(place, wanted).AsSingle());
}
