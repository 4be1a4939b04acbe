using System.Text;
using Cnn.Runner.Display;

namespace Cnn.Tests.Runner.Display;

[Trait("Category", "Unit")]
public class GlyphsTests
{
    [Theory]
    [InlineData(new[] { 0.0, 1, 2, 3, 4, 5, 6, 7 }, "▁▂▃▄▅▆▇█", "_.,-=+*#")]
    [InlineData(new[] { 5.0, 5 }, "▁▁", "__")]
    [InlineData(new[] { 1.0, double.NaN, 2, double.PositiveInfinity }, "▁×█×", "_!#!")]
    [InlineData(new double[0], "", "")]
    public void ASparklineGoesFromTheLeastValueToTheGreatest(double[] values, string unicode, string ascii)
    {
        Assert.Equal(unicode, Glyphs.Unicode.Sparkline(values));
        Assert.Equal(ascii, Glyphs.Ascii.Sparkline(values));
    }

    [Fact]
    public void ATerminalThatIsNotUtf8GetsAscii()
    {
        Assert.Same(Glyphs.Unicode, Glyphs.Of(new UTF8Encoding(false)));
        Assert.Same(Glyphs.Ascii, Glyphs.Of(Encoding.Latin1));
    }
}
