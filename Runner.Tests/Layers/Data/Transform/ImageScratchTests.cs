using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Layers.Data.Transform;

/// <summary>The buffers of images that change their size.</summary>
[Trait("Category", "Unit")]
public sealed class ImageScratchTests
{
    [Fact]
    public void SizesThatNoImageCanHaveAreNamed()
    {
        using var scratch = new ImageScratch();
        scratch.Set(new ImageShape(3, 2, 2), new byte[12]);
        Assert.Contains(
            "it would become 64000 x 32000 pixels",
            Assert.Throws<CnnException>(() => scratch.Resize(64000, 32000, ImageInterpolation.Linear)).Message);
        Assert.Throws<CnnException>(() => scratch.Next(64000, 32000));
        Assert.Equal(new ImageShape(3, 2, 2), scratch.Shape);
    }
}
