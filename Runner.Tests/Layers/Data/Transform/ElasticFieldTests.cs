using Cnn.Layers.Data.Transform;

namespace Cnn.Tests.Layers.Data.Transform;

[Trait("Category", "Unit")]
public sealed class ElasticFieldTests
{
    private const int Height = 50, Width = 43, Plane = Height * Width;

    [Fact]
    public void WithoutSmoothingItIsEvenNoise()
    {
        float[] field = Draw(new ElasticField(5, 0));
        Assert.InRange(field.Max(), 4.99f, 5);
        Assert.InRange(field.Min(), -5, -4.99f);
        Assert.InRange(field.Average(), -0.15, 0.15);
        Assert.InRange(Deviation(field), (5 / Math.Sqrt(3)) - 0.1, (5 / Math.Sqrt(3)) + 0.1);
    }

    [Fact]
    public void SmoothingLeavesTheDeviationOfTheSumOfManyNoises()
    {
        // A Gaussian's squares add up to 1 / (4 pi sigma^2).
        double expected = 34 / Math.Sqrt(3) / (2 * Math.Sqrt(Math.PI) * 4);
        Assert.InRange(Deviation(Many(i => i)) / expected, 0.95, 1.05);
    }

    [Fact]
    public void NeighboursMoveAlike()
    {
        // By the Gaussian's correlation at a distance of one pixel, exp(-1 / (4 sigma^2)).
        double expected = Math.Sqrt(2 * (1 - Math.Exp(-1 / 64.0)));
        float[] right = [.. Many(i => i).Zip(Many(i => i + 1), (a, b) => a - b)];
        float[] below = [.. Many(i => i).Zip(Many(i => i + Width), (a, b) => a - b)];
        Assert.InRange(Deviation(right) / Deviation(Many(i => i)) / expected, 0.95, 1.05);
        Assert.InRange(Deviation(below) / Deviation(Many(i => i)) / expected, 0.95, 1.05);
    }

    [Fact]
    public void TheAxesAreDrawnApartAndTheImagesToo()
    {
        float[] field = Draw(new ElasticField(1, 0)), other = Draw(new ElasticField(1, 0), 1);
        Assert.InRange(Enumerable.Range(0, Plane).Average(i => field[i] * field[Plane + i]), -0.02, 0.02);
        Assert.InRange(Enumerable.Range(0, Plane).Average(i => field[i] * other[i]), -0.02, 0.02);
        Assert.Equal(field, Draw(new ElasticField(1, 0)));
    }

    [Fact]
    public void AGaussianWiderThanTheImageIsCutOff() =>
        Assert.All(Draw(new ElasticField(100, 256)), value => Assert.InRange(value, -3, 3));

    private static float[] Draw(ElasticField elastic, long index = 0)
    {
        var field = new float[2 * Plane];
        elastic.Draw(new ImageRandom(1, index), Height, Width, field);
        return field;
    }

    // The displacements of many images, smoothed by a sigma of 4, where no border reaches; some places from each.
    private static float[] Many(Func<int, int> neighbour) =>
    [
        .. Enumerable.Range(0, 600).SelectMany(index =>
        {
            float[] field = Draw(new ElasticField(34, 4), index);
            return Enumerable.Range(0, Plane)
                .Where(i => i / Width is > 12 and < 36 && i % Width is > 12 and < 29)
                .Select(i => field[neighbour(i)]);
        }),
    ];

    private static double Deviation(float[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}
