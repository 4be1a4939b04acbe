using Cnn.Proto.Formats.Png;

namespace Cnn.Tests.Proto.Formats.Png;

/// <summary>PLTE and tRNS: PNG specification, 11.2.3 and 11.3.2.1.</summary>
[Trait("Category", "Unit")]
public class PngPaletteTests
{
    private readonly PngPalette palette = new();

    public PngPaletteTests() => palette.Clear();

    [Fact]
    public void NumbersBeyondThePaletteAreBlackAndOpaque()
    {
        palette.SetColors([1, 2, 3, 4, 5, 6]);
        palette.SetTransparency(PngColor.Palette, [7]);

        Assert.Equal([4, 5, 6], palette.Color(1).ToArray());
        Assert.Equal([0, 0, 0], palette.Color(2).ToArray());
        Assert.Equal([0, 0, 0], palette.Color(255).ToArray());
        Assert.Equal((7, 255, 255), (palette.Alpha(0), palette.Alpha(1), palette.Alpha(255)));
    }

    [Fact]
    public void WhatAChunkHasBeyond256ColoursIsLeftOut()
    {
        palette.SetColors([.. Enumerable.Range(0, 800).Select(i => (byte)(i / 3))]);
        palette.SetTransparency(PngColor.Palette, [.. Enumerable.Range(0, 300).Select(i => (byte)(255 - i))]);

        Assert.Equal([255, 255, 255], palette.Color(255).ToArray());
        Assert.Equal((255, 0), (palette.Alpha(0), palette.Alpha(255)));
    }

    [Fact]
    public void OnlyTheWholeColourIsTransparent()
    {
        palette.SetTransparency(PngColor.Colour, [0, 10, 0, 20, 0, 30]);

        Assert.Equal(0, palette.Alpha(10, 20, 30));
        Assert.Equal(255, palette.Alpha(11, 20, 30));
        Assert.Equal(255, palette.Alpha(10, 21, 30));
        Assert.Equal(255, palette.Alpha(10, 20, 31));
        Assert.Equal(255, palette.Alpha(20, 10, 30));
    }

    [Fact]
    public void AColourThatIsCutOrHasSixteenBitsMakesNoByteTransparent()
    {
        palette.SetTransparency(PngColor.Colour, [0, 0, 0, 0, 0]);
        Assert.True(palette.HasTransparency);
        Assert.Equal(255, palette.Alpha(0, 0, 0));

        palette.SetTransparency(PngColor.Colour, [1, 10, 0, 20, 0, 30]);
        Assert.Equal(255, palette.Alpha(10, 20, 30));
    }

    [Fact]
    public void AnImageHasNothingOfTheOneBefore()
    {
        palette.SetColors([1, 2, 3]);
        palette.SetTransparency(PngColor.Palette, [7]);
        palette.SetTransparency(PngColor.Colour, [0, 1, 0, 2, 0, 3]);
        Assert.True(palette.HasTransparency);
        palette.Clear();

        Assert.False(palette.HasTransparency);
        Assert.Equal([0, 0, 0], palette.Color(0).ToArray());
        Assert.Equal((255, 255), (palette.Alpha(0), palette.Alpha(1, 2, 3)));
        palette.SetTransparency(PngColor.Palette, []);
        Assert.False(palette.HasTransparency);
    }
}
