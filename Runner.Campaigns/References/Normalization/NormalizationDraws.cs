using Cnn.Fillers;

namespace Cnn.Campaigns.References.Normalization;

/// <summary>Draws what the layers of the family read.</summary>
internal static class NormalizationDraws
{
    private const int Few = 60;

    /// <summary>
    /// Draws a bottom [N, C, ...]. Where few values make a mean, they lie apart: a deviation of almost 0 makes noise of the gradient.
    /// </summary>
    public static ReferenceBottom Bottom(PhiloxRandom random, int axes)
    {
        int[] shape = random.Shape(axes, 1, axes > 4 ? 4 : random.Pick(3, 6, 9));
        if (axes == 4 && random.Chance(0.1))
        {
            (shape[2], shape[3]) = (random.Between(10, 40), random.Between(10, 40));
        }
        else if (axes > 1 && random.Chance(0.2))
        {
            shape[1] = random.Between(10, 40);
        }

        float middle = random.Pick(0, 0, 1, -4);
        Filling fill = shape.Aggregate(1, (n, d) => n * d) / (axes > 1 ? shape[1] : 1) <= Few
            ? Fillings.Apart(0.1f)
            : Fillings.Uniform(middle - 1, middle + 2);
        int[]? later = null;
        if (random.Chance(0.3))
        {
            later = [random.Between(1, 6), .. shape[1..]];
        }

        return new ReferenceBottom(shape, fill) { LaterShape = later };
    }
}
