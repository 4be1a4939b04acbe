using Cnn.Layers.Kernels.ImageTransform;

namespace Cnn.Tests.Layers.Kernels.ImageTransform;

[Trait("Category", "Kernel")]
public sealed unsafe class PlaneSmoothingTests
{
    [Fact]
    public void ASinglePointBecomesTheFilterOnBothAxes()
    {
        var plane = new float[5 * 7];
        plane[(2 * 7) + 3] = 1;
        float[] smooth = Run(plane, 5, 7, [0.25f, 0.5f, 0.25f]);
        Assert.Equal([0, 0, 0.0625f, 0.125f, 0.0625f, 0, 0], smooth[7..14]);
        Assert.Equal([0, 0, 0.125f, 0.25f, 0.125f, 0, 0], smooth[14..21]);
        Assert.Equal(1, smooth.Sum());
    }

    [Fact]
    public void OneTapOfOneChangesNothing()
    {
        float[] plane = Numbers(3, 20);
        Assert.Equal(plane, Run(plane, 3, 20, [1]));
    }

    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(3, 5, 15)]
    [InlineData(9, 33, 5)]
    [InlineData(40, 17, 25)]
    public void TheFastFilterEqualsTheSum(int height, int width, int taps)
    {
        float[] plane = Numbers(height, width), weights = Numbers(1, taps);
        float[] smooth = Run(plane, height, width, weights);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                Assert.Equal(Reference(plane, height, width, weights, y, x), smooth[(y * width) + x], 1e-5);
            }
        }
    }

    private static double Reference(float[] plane, int height, int width, float[] weights, int y, int x)
    {
        double sum = 0;
        int radius = weights.Length / 2;
        for (int j = 0; j < weights.Length; j++)
        {
            for (int k = 0; k < weights.Length; k++)
            {
                int row = y + j - radius, column = x + k - radius;
                bool isInside = row >= 0 && row < height && column >= 0 && column < width;
                sum += isInside ? (double)weights[j] * weights[k] * plane[(row * width) + column] : 0;
            }
        }

        return sum;
    }

    private static float[] Run(float[] plane, int height, int width, float[] weights)
    {
        float[] smooth = [.. plane];
        var scratch = new float[PlaneSmoothing.ScratchSize(height, width, weights.Length)];
        Array.Fill(scratch, float.NaN);
        fixed (float* values = smooth, taps = weights, temporary = scratch)
        {
            PlaneSmoothing.Run(values, height, width, taps, weights.Length, temporary);
        }

        return smooth;
    }

    private static float[] Numbers(int height, int width)
    {
        var random = new Random(height + width);
        return [.. Enumerable.Range(0, height * width).Select(_ => random.NextSingle() - 0.5f)];
    }
}
