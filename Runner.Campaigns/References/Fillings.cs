namespace Cnn.Campaigns.References;

/// <summary>Ways to draw the values of blobs.</summary>
internal static class Fillings
{
    /// <summary>Draws between two bounds.</summary>
    public static Filling Uniform(float low = -1, float high = 1) => (random, values) =>
    {
        foreach (ref float value in values.AsSpan())
        {
            value = low + ((high - low) * random.NextSingle());
        }
    };

    /// <summary>Draws magnitudes between two bounds, with either sign.</summary>
    public static Filling AwayFromZero(float least, float most) => (random, values) =>
    {
        foreach (ref float value in values.AsSpan())
        {
            value = random.Between(least, most) * (random.Chance(0.5) ? 1 : -1);
        }
    };

    /// <summary>Draws from 0 to a number, without it, in whole numbers.</summary>
    public static Filling Below(int count) => (random, values) =>
    {
        foreach (ref float value in values.AsSpan())
        {
            value = random.Next(count);
        }
    };

    /// <summary>Draws 1 with a chance, else 0.</summary>
    public static Filling Flags(double chance) => (random, values) =>
    {
        foreach (ref float value in values.AsSpan())
        {
            value = random.Chance(chance) ? 1 : 0;
        }
    };

    /// <summary>
    /// Spreads values evenly around 0 in random order, at least <paramref name="step"/> apart and half of it from 0, for functions with
    /// kinks where values are equal or 0.
    /// </summary>
    public static Filling Apart(float step) => (random, values) =>
    {
        for (int i = 0; i < values.Length; i++)
        {
            int j = random.Next(i + 1);
            values[i] = values[j];
            values[j] = (i - (values.Length / 2) + 0.5f) * step;
        }
    };

    /// <summary>Draws from a few values, so that many are equal.</summary>
    public static Filling Of(params float[] choices) => (random, values) =>
    {
        foreach (ref float value in values.AsSpan())
        {
            value = random.Pick(choices);
        }
    };
}
