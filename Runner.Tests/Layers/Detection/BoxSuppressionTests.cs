using Cnn.Fillers;
using Cnn.Layers.Detection;

namespace Cnn.Tests.Layers.Detection;

public class BoxSuppressionTests
{
    [Theory]
    [InlineData(0, 0.3f, false)]
    [InlineData(1, 0.5f, true)]
    [InlineData(0, 0, false)]
    [InlineData(0, 0, true)]
    [Trait("Category", "Kernel")]
    public void ABoxStaysIfItOverlapsNoneThatStaysTooMuch(float border, float threshold, bool dropsEqual)
    {
        var random = new PhiloxRandom(3);
        var suppression = new BoxSuppression(border);
        suppression.TryKeep(0, 0, 1, 1, threshold, dropsEqual);
        suppression.Clear();
        var kept = new List<float[]>();
        for (int i = 0; i < 400; i++)
        {
            float x = random.NextSingle() * 40, y = random.NextSingle() * 40;
            float[] box = [x, y, x + (random.NextSingle() * 9), y + (random.NextSingle() * 9)];
            bool stays = kept.TrueForAll(other => !IsTooMuch(Overlap(box, other, border), threshold, dropsEqual));
            Assert.Equal(stays, suppression.TryKeep(box[0], box[1], box[2], box[3], threshold, dropsEqual));
            if (stays)
            {
                kept.Add(box);
            }
        }

        Assert.Equal(kept.Count, suppression.Count);
    }

    [Theory]
    [InlineData(0.9f, 0, 0.1f, 0)]
    [InlineData(0, 0, -0f, 1)]
    [InlineData(-1, 0, -2, 0)]
    [InlineData(0.5f, 3, 0.5f, 4)]
    [InlineData(float.NegativeInfinity, 0, float.NaN, 1)]
    [InlineData(float.PositiveInfinity, 0, float.MaxValue, 1)]
    [Trait("Category", "Unit")]
    public void KeysSortByScoreThenIndex(float better, uint betterIndex, float worse, uint worseIndex)
    {
        ulong key = BoxOrder.Key(better, betterIndex);
        Assert.True(key > BoxOrder.Key(worse, worseIndex));
        Assert.True(BoxOrder.Key(worse, worseIndex) > 0);
        Assert.Equal(better, BoxOrder.Score(key));
        Assert.Equal((int)betterIndex, BoxOrder.Index(key));
    }

    private static bool IsTooMuch(float overlap, float threshold, bool dropsEqual) =>
        dropsEqual ? overlap >= threshold : overlap > threshold;

    private static float Overlap(float[] a, float[] b, float border)
    {
        float width = Math.Max(Math.Min(a[2], b[2]) - Math.Max(a[0], b[0]) + border, 0);
        float height = Math.Max(Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]) + border, 0);
        float shared = width * height;
        return shared / (Area(b, border) + Area(a, border) - shared);
    }

    private static float Area(float[] a, float border) => (a[2] - a[0] + border) * (a[3] - a[1] + border);
}
