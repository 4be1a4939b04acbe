using Cnn.Fillers;

namespace Cnn.Campaigns.References.Detection;

/// <summary>Draws what layers of regions and boxes read.</summary>
internal static class RegionDraws
{
    /// <summary>
    /// Draws rows (image, x1, y1, x2, y2) in quarters of a pixel, some beyond the image and some that end before they
    /// start.
    /// </summary>
    public static Filling Regions(int images, float width, float height) => (random, values) =>
    {
        for (int r = 0; r + 4 < values.Length; r += 5)
        {
            float x = random.Between(-4, (int)(4 * width)) / 4f, y = random.Between(-4, (int)(4 * height)) / 4f;
            values[r] = random.Next(images);
            values[r + 1] = x;
            values[r + 2] = y;
            values[r + 3] = x + (random.Between(-4, (int)(4 * width)) / 4f);
            values[r + 4] = y + (random.Between(-4, (int)(4 * height)) / 4f);
        }
    };

    /// <summary>Draws rows of corners in a picture of size 1, each with a width and a height.</summary>
    public static void Box(PhiloxRandom random, Span<float> corners)
    {
        float x = random.Between(-0.1f, 0.8f), y = random.Between(-0.1f, 0.8f);
        corners[0] = x;
        corners[1] = y;
        corners[2] = x + random.Between(0.05f, 0.5f);
        corners[3] = y + random.Between(0.05f, 0.5f);
    }

    /// <summary>Draws priors [1, 2, P 4]: boxes, then their variances.</summary>
    public static Filling Priors() => (random, values) =>
    {
        for (int i = 0; i < values.Length; i += 4)
        {
            if (i < values.Length / 2)
            {
                Box(random, values.AsSpan(i, 4));
            }
            else
            {
                new[] { 0.1f, 0.1f, 0.2f, 0.2f }.CopyTo(values, i);
            }
        }
    };
}
