namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// Operations on a vector of values and a vector of their places, for maximum pooling and its gradient.
/// </summary>
/// <typeparam name="TValues">A vector of values.</typeparam>
/// <typeparam name="TPlaces">A vector of as many integers.</typeparam>
internal unsafe interface IMaxLanes<TValues, TPlaces>
    where TValues : struct
    where TPlaces : struct
{
    /// <summary>Values in a vector.</summary>
    static abstract int Width { get; }

    /// <summary>
    /// Loads the first <paramref name="count"/> values, or all if there are more; the other lanes are arbitrary.
    /// </summary>
    static abstract TValues Load(float* from, int count);

    static abstract TValues Load(float* from);

    static abstract TPlaces Load(int* from);

    /// <summary>Writes the first <paramref name="count"/> values, or all if there are more.</summary>
    static abstract void Store(TValues values, float* to, int count);

    static abstract void Store(TPlaces places, int* to, int count);

    /// <summary>Returns the same value in every lane.</summary>
    static abstract TValues All(float value);

    /// <summary>Place -1 in every lane.</summary>
    static abstract TPlaces Nowhere { get; }

    /// <summary>Returns the places from <paramref name="first"/> on.</summary>
    static abstract TPlaces From(int first);

    /// <summary>Returns every second place from <paramref name="first"/> on.</summary>
    static abstract TPlaces EverySecond(int first);

    /// <summary>Returns the places <paramref name="step"/> further on.</summary>
    static abstract TPlaces Add(TPlaces places, int step);

    /// <summary>Returns the greater value; the second where they are equal or one is NaN.</summary>
    static abstract TValues Greater(TValues value, TValues max);

    /// <summary>Takes a value and its place where it is greater.</summary>
    static abstract void Take(TValues value, TPlaces place, ref TValues max, ref TPlaces at);

    /// <summary>Takes a value and its place where it is greater, or equal and at a smaller place.</summary>
    static abstract void TakeFirst(TValues value, TPlaces place, ref TValues max, ref TPlaces at);

    /// <summary>Sets the lanes from <paramref name="count"/> on to <see cref="float.MinValue"/> at place -1.</summary>
    static abstract void End(int count, ref TValues max, ref TPlaces at);

    /// <summary>Writes the even lanes and the odd lanes, half a vector each.</summary>
    static abstract void StoreEvenAndOdd(TValues values, float* even, float* odd);

    static abstract void StoreEvenAndOdd(TPlaces places, int* even, int* odd);

    /// <summary>
    /// Writes two vectors in alternation; the inverse of <see cref="StoreEvenAndOdd(TValues, float*, float*)"/>.
    /// </summary>
    static abstract void StoreInTurn(TValues even, TValues odd, float* to);

    /// <summary>Returns the sum plus the values whose place is the wanted one.</summary>
    static abstract TValues AddWhere(TPlaces place, TPlaces wanted, TValues values, TValues sum);
}
