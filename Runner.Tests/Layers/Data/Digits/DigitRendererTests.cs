using Cnn.Layers.Data.Digits;

namespace Cnn.Tests.Layers.Data.Digits;

[Trait("Category", "Unit")]
public sealed class DigitRendererTests
{
    private const int Side = DigitRenderer.Side;

    [Fact]
    public void AnImageIsAFunctionOfSeedAndIndex()
    {
        Assert.Equal(Draw(3, 17).Pixels, Draw(3, 17).Pixels);
        Assert.NotEqual(Draw(3, 17).Pixels, Draw(3, 18).Pixels);
        Assert.NotEqual(Draw(3, 17).Pixels, Draw(4, 17).Pixels);
    }

    // A change of the styles changes the value; a change of machine must not.
    [Fact]
    public void TheStreamIsTheSameOnEveryMachine()
    {
        ulong hash = 14695981039346656037;
        for (ulong i = 0; i < 300; i++)
        {
            foreach (byte pixel in Draw(1, i).Pixels)
            {
                hash = (hash ^ pixel) * 1099511628211;
            }
        }

        Assert.Equal(15154809363051609695UL, hash);
    }

    [Fact]
    public void TheDigitsAreEquallyCommon()
    {
        var counts = new int[10];
        ulong key = DigitRenderer.Key(1);
        for (ulong i = 0; i < 20000; i++)
        {
            counts[DigitRenderer.Label(key, i)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 1800, 2200));
        Assert.Equal(Draw(1, 5).Label, DigitRenderer.Label(key, 5));
    }

    [Fact]
    public void ImagesAreFramedAsMnistFramesThem()
    {
        int centred = 0;
        for (ulong i = 0; i < 2000; i++)
        {
            byte[] pixels = Draw(1, i).Pixels;
            int mass = 0, x = 0, y = 0, left = Side, right = 0, top = Side, bottom = 0;
            for (int p = 0; p < pixels.Length; p++)
            {
                int column = p % Side, row = p / Side, ink = pixels[p];
                (mass, x, y) = (mass + ink, x + (ink * column), y + (ink * row));
                if (ink > 0)
                {
                    (left, right) = (Math.Min(left, column), Math.Max(right, column));
                    (top, bottom) = (Math.Min(top, row), Math.Max(bottom, row));
                }
            }

            Assert.InRange(Math.Max(right - left, bottom - top) + 1, 19, 20);
            centred += Math.Abs(((double)x / mass) - 14) < 0.51 && Math.Abs(((double)y / mass) - 14) < 0.51 ? 1 : 0;
            Assert.InRange(pixels.Max(), 200, 255);
            Assert.InRange(mass / 255.0, 15, 300);
        }

        // A few lean so far that the bounding box would leave the image.
        Assert.InRange(centred, 1980, 2000);
    }

    [Fact]
    public void ImagesOfADigitResembleEachOtherMoreThanOthers()
    {
        // Computes the mean image of each digit, and counts the new images that are nearest to that of their own digit.
        var mean = new float[10, Side * Side];
        var count = new int[10];
        for (ulong i = 0; i < 3000; i++)
        {
            var (label, pixels) = Draw(1, i);
            count[label]++;
            for (int p = 0; p < pixels.Length; p++)
            {
                mean[label, p] += pixels[p];
            }
        }

        int right = 0;
        for (ulong i = 5000; i < 6000; i++)
        {
            var (label, pixels) = Draw(1, i);
            int nearest = Enumerable.Range(0, 10).MinBy(digit =>
            {
                double distance = 0;
                for (int p = 0; p < pixels.Length; p++)
                {
                    double difference = (mean[digit, p] / count[digit]) - pixels[p];
                    distance += difference * difference;
                }

                return distance;
            });
            right += nearest == label ? 1 : 0;
        }

        Assert.InRange(right, 600, 990);
    }

    private static (int Label, byte[] Pixels) Draw(long seed, ulong index)
    {
        var pixels = new byte[Side * Side];
        return (DigitRenderer.Draw(DigitRenderer.Key(seed), index, pixels), pixels);
    }
}
