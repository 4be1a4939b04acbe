using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Proto.Formats.Images;

[Trait("Category", "Kernel")]
public sealed class ImageResizerTests
{
    [Fact]
    public void RandomSizesEqualThePlainArithmetic()
    {
        var random = new Random(5);
        for (int i = 0; i < 400; i++)
        {
            var from = new PlanarImage();
            from.SetSize(random.Next(1, 5), random.Next(1, 50), random.Next(1, 130));
            random.NextBytes(from.Pixels);
            int height = i % 5 == 0 ? (from.Height + 1) / 2 : random.Next(1, 90);
            int width = i % 5 == 0 ? (from.Width + 1) / 2 : random.Next(1, 130);
            var to = new PlanarImage();
            ImageResizer.Resize(from, height, width, to);
            Assert.Equal((from.Channels, height, width), (to.Channels, to.Height, to.Width));
            for (int c = 0; c < from.Channels; c++)
            {
                Assert.Equal(Plain(from.Plane(c).ToArray(), from.Height, from.Width, height, width),
                    to.Plane(c).ToArray());
            }
        }
    }

    [Fact]
    public void AnImageOfTheSameSizeIsCopied()
    {
        var from = new PlanarImage();
        from.SetSize(3, 5, 7);
        new Random(6).NextBytes(from.Pixels);
        var to = new PlanarImage();
        ImageResizer.Resize(from, 5, 7, to);
        Assert.Equal(from.Pixels.ToArray(), to.Pixels.ToArray());
        Assert.Throws<ArgumentException>(() => ImageResizer.Resize(from, 2, 2, from));
    }

    [Fact]
    public void ResizingAllocatesNothingOnceItRuns()
    {
        PlanarImage from = new(), to = new();
        from.SetSize(3, 60, 80);
        Assert.Equal(0, Allocations.OnThisThread(() => ImageResizer.Resize(from, 32, 48, to)));
    }

    // Weights in units of 2^-11; a row is 2^11 times too large, and loses four bits before the rows are weighed.
    private static byte[] Plain(byte[] from, int fromHeight, int fromWidth, int height, int width)
    {
        var to = new byte[height * width];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (fromHeight == 2 * height && fromWidth == 2 * width)
                {
                    to[(y * width) + x] = (byte)((At(2 * y, 2 * x) + At(2 * y, (2 * x) + 1) + At((2 * y) + 1, 2 * x)
                        + At((2 * y) + 1, (2 * x) + 1) + 2) / 4);
                }
                else if (fromHeight == height && fromWidth == width)
                {
                    to[(y * width) + x] = from[(y * width) + x];
                }
                else
                {
                    to[(y * width) + x] = Interpolated(y, x);
                }
            }
        }

        return to;

        int At(int y, int x) => from[(y * fromWidth) + x];

        byte Interpolated(int y, int x)
        {
            (int column, float across) = Split(x, width, fromWidth);
            (across, column) = column < 0 ? (0, 0) : column >= fromWidth - 1 ? (0, fromWidth - 1) : (across, column);
            (int row, float down) = Split(y, height, fromHeight);
            int upper = Row(row), lower = Row(row + 1);
            int above = (Weight(1 - down) * (upper >> 4)) >> 16, below = (Weight(down) * (lower >> 4)) >> 16;
            return (byte)((above + below + 2) >> 2);

            int Row(int r)
            {
                int clamped = Math.Clamp(r, 0, fromHeight - 1), next = Math.Min(column + 1, fromWidth - 1);
                return (At(clamped, column) * Weight(1 - across)) + (At(clamped, next) * Weight(across));
            }
        }
    }

    private static (int Floor, float Fraction) Split(int at, int size, int fromSize)
    {
        double scale = 1 / ((double)size / fromSize);
        var place = (float)(((at + 0.5) * scale) - 0.5);
        return ((int)Math.Floor(place), place - (int)Math.Floor(place));
    }

    private static int Weight(float fraction) => (int)Math.Round(fraction * 2048, MidpointRounding.ToEven);
}
