using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Tests.Faults;

namespace Cnn.Tests.Proto.Formats.Images;

/// <summary>A thousand damaged copies of an image in each format give some pixels or an error.</summary>
[Trait("Category", "Fuzz")]
public sealed class DamagedImageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ImageDecoder decoder = new();
    private readonly PlanarImage image = new();

    public void Dispose()
    {
        decoder.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("64x48_jpeg420.jpg")]
    [InlineData("64x48_progressive.jpg")]
    [InlineData("37x29_cmyk.jpg")]
    [InlineData("37x29_exif6.jpg")]
    [InlineData("37x29_rgb.png")]
    [InlineData("37x29_palette.png")]
    [InlineData("37x29_deep.png")]
    [InlineData("37x29_rgb.bmp")]
    public async Task DamagedFilesAreDecodedOrRefused(string name)
    {
        string file = Path.Combine(GoldenFolders.Roots[0], "images", name);
        File.Copy(file, folder[name]);
        await Damage.Check(folder[name], Decode);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    public async Task DamagedWebPIsDecodedOrRefused(int quality)
    {
        decoder.Decode(
            File.ReadAllBytes(Path.Combine(GoldenFolders.Roots[0], "images", "37x29_rgb.png")), ImageColor.Colour,
            image);
        File.WriteAllBytes(folder["whole.webp"], WebPFiles.Encode(image, quality));
        await Damage.Check(folder["whole.webp"], Decode);
    }

    private void Decode(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        foreach (ImageColor color in Enum.GetValues<ImageColor>())
        {
            try
            {
                bool isKnown = ImageDecoder.TryReadSize(content, color, out int c, out int h, out int w);
                decoder.Decode(content, color, image);
                Assert.True(isKnown);
                Assert.Equal((c, h, w), (image.Channels, image.Height, image.Width));
            }
            catch (CnnException exception)
            {
                throw exception.In(path);
            }
        }
    }
}
