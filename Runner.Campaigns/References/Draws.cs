using Cnn.Fillers;

namespace Cnn.Campaigns.References;

/// <summary>Draws of sizes and options.</summary>
internal static class Draws
{
    /// <summary>Returns a whole number between two, inclusive.</summary>
    public static int Between(this PhiloxRandom random, int low, int high) => low + random.Next(high - low + 1);

    /// <summary>Returns a number between two.</summary>
    public static float Between(this PhiloxRandom random, float low, float high) =>
        low + ((high - low) * random.NextSingle());

    /// <summary>Returns true with a chance.</summary>
    public static bool Chance(this PhiloxRandom random, double chance) => random.NextDouble() < chance;

    /// <summary>Does something in half of the cases, such as setting an option.</summary>
    public static void Maybe(this PhiloxRandom random, Action set)
    {
        if (random.Chance(0.5))
        {
            set();
        }
    }

    /// <summary>Returns one of a few.</summary>
    public static T Pick<T>(this PhiloxRandom random, params ReadOnlySpan<T> choices) =>
        choices[random.Next(choices.Length)];

    /// <summary>Returns a shape of sizes between two bounds, inclusive.</summary>
    public static int[] Shape(this PhiloxRandom random, int axes, int low, int high)
    {
        var shape = new int[axes];
        foreach (ref int size in shape.AsSpan())
        {
            size = random.Between(low, high);
        }

        return shape;
    }
}
