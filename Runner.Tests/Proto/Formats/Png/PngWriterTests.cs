using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Png;
using SkiaSharp;

namespace Cnn.Tests.Proto.Formats.Png;

[Trait("Category", "Unit")]
public class PngWriterTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 7, 300)]
    [InlineData(3, 5, 11)]
    [InlineData(4, 30, 2)]
    public void SkiaReadsWhatIsWritten(int channels, int height, int width)
    {
        var image = new PlanarImage();
        image.SetSize(channels, height, width);
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = (byte)((i * 37) + (i / 11));
        }

        using SKBitmap read = SKBitmap.Decode(
            PngWriter.Write(image),
            new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Unpremul));

        Assert.Equal((width, height), (read.Width, read.Height));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = (y * width) + x;
                SKColor color = read.GetPixel(x, y);
                byte[] expected = [.. Enumerable.Range(0, 3).Select(c => image.Plane(channels == 1 ? 0 : c)[at])];
                Assert.Equal(expected, [color.Blue, color.Green, color.Red]);
                Assert.Equal(channels == 4 ? image.Plane(3)[at] : byte.MaxValue, color.Alpha);
            }
        }
    }
}
