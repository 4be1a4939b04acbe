using Cnn.Fillers;

namespace Cnn.Campaigns.References.Activations;

/// <summary>Draws what the layers of the family read.</summary>
internal static class ActivationDraws
{
    /// <summary>Draws a shape of up to five axes; now and then one that is split among threads.</summary>
    public static int[] Shape(PhiloxRandom random) => random.Chance(0.1)
        ? [random.Between(2, 4), random.Between(30, 60), random.Between(9, 20), random.Between(9, 20)]
        : random.Shape(random.Between(1, 5), 1, 5);

    /// <summary>Draws a fill: around 0, some with values far from it or with many equal ones.</summary>
    public static Filling Fill(PhiloxRandom random) => random.Next(8) switch
    {
        0 => Fillings.Uniform(-60, 60),
        1 => Fillings.Of(-2, -1, 0, 1, 2),
        2 => Fillings.Apart(0.01f),
        3 => Fillings.Uniform(-12, 12),
        _ => Fillings.Uniform(-3, 3),
    };
}
