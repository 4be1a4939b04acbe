using Cnn.Fillers;
using Cnn.Layers.Data.Transform;

namespace Cnn.Tests.Layers.Data.Transform;

[Trait("Category", "Unit")]
public sealed class ImageRandomTests
{
    [Fact]
    public void ABlockIsThatOfTheKeyAndTheIndex() => Assert.Equal(
        PhiloxRandom.Block(7, ImageRandom.Cutout, 9), new ImageRandom(7, 9).Block(ImageRandom.Cutout));

    [Fact]
    public void NumbersStayWithinTheirIntervals()
    {
        Assert.Equal((-1f, 0f), (ImageRandom.Signed(0), ImageRandom.Signed(1u << 31)));
        Assert.InRange(ImageRandom.Signed(uint.MaxValue), 0.9999f, 0.99999999f);
        Assert.Equal((3, 4), (ImageRandom.Between(0, 3, 5), ImageRandom.Between(1u << 31, 3, 5)));
        Assert.InRange(ImageRandom.Between(uint.MaxValue, 3, 5), 4.99999, 4.9999999999);
        Assert.Equal((0, 9), (ImageRandom.Below(0, 10), ImageRandom.Below(uint.MaxValue, 10)));
    }
}
