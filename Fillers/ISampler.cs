namespace Cnn.Fillers;

/// <summary>A distribution to draw from; a struct, so that drawing allocates nothing.</summary>
internal interface ISampler
{
    /// <summary>Draws one value.</summary>
    double One(PhiloxRandom random);

    /// <summary>
    /// Draws an array of values, for distributions where that is faster than drawing one after the other.
    /// </summary>
    void Many(PhiloxRandom random, double[] values);
}
