using Cnn.Engine.Drawing;

namespace Cnn.Tests.Engine.Drawing;

[Trait("Category", "Unit")]
public class TextWidthTests
{
    [Theory]
    [InlineData("conv1", 5, "conv1")]
    [InlineData("inception_3a/5x5_reduce", 11, "incep…educe")]
    [InlineData("a\tb\0", 9, "a\uFFFDb\uFFFD")]
    public void ATextIsCutInItsMiddleAndHasNoControls(string text, int most, string expected) =>
        Assert.Equal(expected, TextWidth.Fit(text, most));

    [Fact]
    public void APairOfSurrogatesIsNotCut()
    {
        Assert.Equal("\uFFFDa\uFFFD", TextWidth.Clean("\uDE00a\uD83D"));

        string faces = string.Concat(Enumerable.Repeat("\U0001F600", 20));

        for (int most = 4; most < 12; most++)
        {
            string cut = TextWidth.Fit(faces, most);
            Assert.Equal(cut, TextWidth.Clean(cut));
            Assert.InRange(cut.Length, 2, most + 1);
        }
    }

    [Fact]
    public void BoldIsNotNarrower()
    {
        for (char letter = ' '; letter <= '~'; letter++)
        {
            string text = letter.ToString();
            Assert.True(TextWidth.Of(text, 10, isBold: true) >= TextWidth.Of(text, 10), text);
        }
    }
}
