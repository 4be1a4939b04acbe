using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Proto.Formats.Images;

[Trait("Category", "Unit")]
public class GreyLevelsTests
{
    // ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B.
    [Theory]
    [InlineData(255, 0, 0, 29)]
    [InlineData(0, 255, 0, 150)]
    [InlineData(0, 0, 255, 76)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(255, 255, 255, 255)]
    [InlineData(10, 200, 30, 128)]
    [InlineData(200, 10, 90, 56)]
    public void BlueGreenAndRedHaveTheirShares(int blue, int green, int red, int level)
    {
        Assert.Equal(level, GreyLevels.Of(blue, green, red));
        Assert.Equal(level, GreyLevels.OfWebP(blue, green, red));
    }
}
