using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Proto.Formats.Images;

[Trait("Category", "Unit")]
public sealed class ImageEncoderTests : IDisposable
{
    private readonly ImageDecoder decoder = new();

    public void Dispose() => decoder.Dispose();

    [Theory]
    [InlineData("png", 1)]
    [InlineData("png", 3)]
    [InlineData(".PNG", 4)]
    [InlineData("bmp", 1)]
    [InlineData("bmp", 3)]
    public void LosslessFilesGiveBackThePixels(string extension, int channels)
    {
        PlanarImage image = Picture(channels), back = new();
        decoder.Decode(ImageEncoder.Encode(image, extension), ImageColor.Stored, back);
        Assert.Equal((image.Channels, image.Height, image.Width), (back.Channels, back.Height, back.Width));
        Assert.Equal(image.Pixels.ToArray(), back.Pixels.ToArray());
    }

    [Theory]
    [InlineData("jpg", 1)]
    [InlineData("jpeg", 3)]
    public void JpegFilesAreNearThePixels(string extension, int channels)
    {
        PlanarImage image = Picture(channels), back = new();
        decoder.Decode(ImageEncoder.Encode(image, extension), ImageColor.Stored, back);
        Assert.Equal((image.Channels, image.Height, image.Width), (back.Channels, back.Height, back.Width));
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            Assert.InRange(back.Pixels[i], image.Pixels[i] - 12, image.Pixels[i] + 12);
        }
    }

    [Fact]
    public void AlphaOfWebPIsKeptWhereItIsStored()
    {
        PlanarImage image = Picture(4), back = new();
        byte[] file = WebPFiles.Encode(image, 100);
        decoder.Decode(file, ImageColor.Stored, back);
        Assert.Equal(4, back.Channels);
        Assert.Equal(image.Plane(3).ToArray(), back.Plane(3).ToArray());
        decoder.Decode(file, ImageColor.Colour, back);
        Assert.Equal(3, back.Channels);
    }

    [Fact]
    public void WhatCannotBeWrittenIsExplained()
    {
        var unknown = Assert.Throws<CnnException>(() => ImageEncoder.Encode(Picture(3), "tga"));
        Assert.Contains("'tga'", unknown.Message);
        var channels = Assert.Throws<CnnException>(() => ImageEncoder.Encode(Picture(4), "jpg"));
        Assert.Contains("4 channels", channels.Message);
    }

    private static PlanarImage Picture(int channels)
    {
        var image = new PlanarImage();
        image.SetSize(channels, 21, 30);
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = (byte)(40 + (3 * (i % 30)) + (4 * (i / 30 % 21)));
        }

        return image;
    }
}
