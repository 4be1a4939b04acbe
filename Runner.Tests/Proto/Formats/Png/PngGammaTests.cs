using Cnn.Proto.Formats.Png;

namespace Cnn.Tests.Proto.Formats.Png;

/// <summary>
/// Grey levels of colours: 0.299, 0.587 and what is left in units of 2^-15, of levels or, with a gamma, of light.
/// </summary>
[Trait("Category", "Unit")]
public class PngGammaTests
{
    // 9797, 19234 and 3737 of 32768, cut off.
    [Theory]
    [InlineData(255, 0, 0, 76)]
    [InlineData(0, 255, 0, 149)]
    [InlineData(0, 0, 255, 29)]
    [InlineData(255, 255, 0, 225)]
    [InlineData(77, 77, 77, 77)]
    public void WithoutAGammaGreyIsASumOfLevels(int red, int green, int blue, int grey)
    {
        var gamma = new PngGamma();

        Assert.Equal(grey, gamma.Grey(red, green, blue));
    }

    // Sums of 16 bits are rounded, then their upper half is taken.
    [Theory]
    [InlineData(65535, 0, 0, 76)]
    [InlineData(0, 65535, 0, 150)]
    [InlineData(0, 0, 65535, 29)]
    [InlineData(0x12FF, 0x12FF, 0x12FF, 0x12)]
    [InlineData(0x1300, 0x1300, 0x1300, 0x13)]
    public void SixteenBitsLoseTheirLowerHalf(int red, int green, int blue, int grey)
    {
        var gamma = new PngGamma();

        Assert.Equal(grey, gamma.GreyOf16(red, green, blue));
    }

    // Red has 0.299 of the light: 255 x (76 / 255)^0.45455 and, in the finer units, 65535 x (612 / 2047)^0.45455 / 256.
    [Fact]
    public void WithAGammaGreyIsASumOfLight()
    {
        var gamma = new PngGamma { Value = PngGamma.OfStandard };

        Assert.Equal(147, gamma.Grey(255, 0, 0));
        Assert.Equal(147, gamma.GreyOf16(65535, 0, 0));
        Assert.Equal((byte)0, gamma.Grey(0, 0, 0));
        Assert.Equal(255, gamma.Grey(255, 255, 255));
        Assert.Equal(77, gamma.Grey(77, 77, 77));
    }

    // libpng leaves out what is within a twentieth of 1: 255 x (150 / 255)^0.94999 is 154, ^1.05001 is 146.
    [Theory]
    [InlineData(0, 149)]
    [InlineData(-5, 149)]
    [InlineData(94999, 154)]
    [InlineData(95000, 149)]
    [InlineData(105000, 149)]
    [InlineData(105001, 146)]
    public void AGammaOfAboutOneIsNone(int value, int grey)
    {
        var gamma = new PngGamma { Value = PngGamma.OfStandard };
        gamma.Grey(1, 2, 3);
        gamma.Value = value;

        Assert.Equal(grey, gamma.Grey(0, 255, 0));
    }

    // 257 levels of 16 bits lie about one of 8; the eleven bits that are looked up are exact to two units of 32.
    [Fact]
    public void GreysOfSixteenBitsWithAGammaAreTheNearestOfEight()
    {
        var gamma = new PngGamma { Value = PngGamma.OfStandard };
        for (int level = 0; level < 256; level++)
        {
            foreach (int away in (int[])[-60, 0, 60])
            {
                int value = Math.Clamp((level * 257) + away, 0, 65535);
                Assert.Equal(level, gamma.GreyOf16(value, value, value));
            }
        }
    }
}
