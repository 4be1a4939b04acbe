namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// A vector of values and one of their places, which maximum pooling and its gradient compare side by side.
/// </summary>
/// <typeparam name="TValues">The values.</typeparam>
/// <typeparam name="TPlaces">As many whole numbers.</typeparam>
internal unsafe interface IMaxLanes<TValues, TPlaces>
    where TValues : struct
    where TPlaces : struct
{
    /// <summary>Values in a vector.</summary>
    static abstract int Width { get; }

    /// <summary>The first <paramref name="count"/> values, all when more; any beyond.</summary>
    static abstract TValues Load(float* from, int count);

    static abstract TValues Load(float* from);

    static abstract TPlaces Load(int* from);

    /// <summary>Writes the first <paramref name="count"/> values, all when more.</summary>
    static abstract void Store(TValues values, float* to, int count);

    static abstract void Store(TPlaces places, int* to, int count);

    /// <summary>The same value everywhere.</summary>
    static abstract TValues All(float value);

    /// <summary>Place -1 everywhere.</summary>
    static abstract TPlaces Nowhere { get; }

    /// <summary>The places from <paramref name="first"/> on.</summary>
    static abstract TPlaces From(int first);

    /// <summary>Every second place from <paramref name="first"/> on.</summary>
    static abstract TPlaces EverySecond(int first);

    /// <summary>The places that lie <paramref name="step"/> further on.</summary>
    static abstract TPlaces Add(TPlaces places, int step);

    /// <summary>The greater; the second where they are equal or one is no number.</summary>
    static abstract TValues Greater(TValues value, TValues max);

    /// <summary>Takes a value and its place where it is greater.</summary>
    static abstract void Take(TValues value, TPlaces place, ref TValues max, ref TPlaces at);

    /// <summary>Takes a value and its place where it is greater, or equal and at a smaller place.</summary>
    static abstract void TakeFirst(TValues value, TPlaces place, ref TValues max, ref TPlaces at);

    /// <summary>From <paramref name="count"/> on <see cref="float.MinValue"/> at place -1.</summary>
    static abstract void End(int count, ref TValues max, ref TPlaces at);

    /// <summary>Writes the values with even numbers, and those with odd ones; half a vector each.</summary>
    static abstract void StoreEvenAndOdd(TValues values, float* even, float* odd);

    static abstract void StoreEvenAndOdd(TPlaces places, int* even, int* odd);

    /// <summary>The inverse of <see cref="StoreEvenAndOdd(TValues, float*, float*)"/>, of two vectors.</summary>
    static abstract void StoreInTurn(TValues even, TValues odd, float* to);

    /// <summary>The sum and the values whose place is the wanted one.</summary>
    static abstract TValues AddWhere(TPlaces place, TPlaces wanted, TValues values, TValues sum);
}
