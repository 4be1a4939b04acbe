namespace Cnn.Fillers;

/// <summary>A distribution to draw from; a struct, so that drawing allocates nothing.</summary>
internal interface ISampler
{
    /// <summary>One value.</summary>
    double One(PhiloxRandom random);

    /// <summary>An array of values, where that is faster than one after the other.</summary>
    void Many(PhiloxRandom random, double[] values);
}
