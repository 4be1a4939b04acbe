using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Proto.Formats.Images;

[Trait("Category", "Unit")]
public sealed class ImageDecoderTests : IDisposable
{
    private readonly ImageDecoder decoder = new();
    private readonly PlanarImage image = new();

    public void Dispose() => decoder.Dispose();

    [Theory]
    [InlineData("64x48_jpeg420.jpg", ImageColor.Colour)]
    [InlineData("64x48_jpeg420.jpg", ImageColor.Grey)]
    [InlineData("64x48_progressive.jpg", ImageColor.Colour)]
    [InlineData("64x48_exif6.jpg", ImageColor.Colour)]
    [InlineData("64x48_cmyk.jpg", ImageColor.Grey)]
    public void JpegFilesAllocateNothingOnceOneWasDecoded(string name, ImageColor color)
    {
        byte[] file = Golden(name);
        Assert.Equal(0, Allocations.OnThisThread(() => decoder.Decode(file, color, image)));
    }

    [Theory]
    [InlineData("64x48_grey.jpg", 1)]
    [InlineData("64x48_jpeg420.jpg", 3)]
    [InlineData("64x48_exif6.jpg", 3)]
    [InlineData("64x48_cmyk.jpg", 3)]
    [InlineData("64x48_grey.png", 1)]
    [InlineData("64x48_bilevel.png", 1)]
    [InlineData("64x48_palette.png", 3)]
    [InlineData("64x48_alpha.png", 4)]
    [InlineData("64x48_rgb.bmp", 3)]
    public void StoredImagesKeepTheirChannelsAndAreNotTurned(string name, int channels)
    {
        byte[] file = Golden(name);
        decoder.Decode(file, ImageColor.Stored, image);
        Assert.Equal((channels, 48, 64), (image.Channels, image.Height, image.Width));
        Assert.True(ImageDecoder.TryReadSize(file, ImageColor.Stored, out int c, out int h, out int w));
        Assert.Equal((channels, 48, 64), (c, h, w));
    }

    [Fact]
    public void SixteenBitsAreNotStoredAsBytes()
    {
        var error = Assert.Throws<CnnException>(
            () => decoder.Decode(Golden("37x29_deep.png"), ImageColor.Stored, image));
        Assert.Contains("16 bits", error.Message);
    }

    [Fact]
    public void ATurnedImageHasItsSidesSwapped()
    {
        Assert.True(ImageDecoder.TryReadSize(Golden("64x48_exif6.jpg"), ImageColor.Grey, out _, out int h, out int w));
        Assert.Equal((64, 48), (h, w));
    }

    [Fact]
    public void WhatIsNoImageIsExplained()
    {
        Assert.Contains("no bytes", Error([]));
        Assert.Contains("no image", Error([1, 2, 3]));
        Assert.Contains("GIF images are not decoded", Error(Golden("37x29_palette.gif")));
        Assert.Contains("TIFF images are not decoded", Error("II*\0more"u8.ToArray()));
        Assert.Contains("ends early", Error(Golden("37x29_jpeg420.jpg")[..700]));
        Assert.Contains("ends early", Error(Golden("37x29_progressive.jpg")[..^300]));
        Assert.Contains("ends early", Error(Golden("37x29_rgb.png")[..^30]));
        Assert.Contains("ends early", Error(Golden("37x29_rgb.bmp")[..^30]));
        Assert.False(ImageDecoder.TryReadSize([1, 2, 3], ImageColor.Grey, out _, out _, out _));
    }

    [Theory]
    [InlineData(0xC9, "arithmetic-coded")]
    [InlineData(0xC3, "lossless")]
    [InlineData(0xC5, "hierarchical")]
    public void KindsOfJpegThatAreNotDecodedAreNamed(byte frame, string kind)
    {
        byte[] file = Golden("37x29_jpeg420.jpg");
        file[Frame(file) + 1] = frame;
        Assert.Contains($"{kind} JPEG images are not decoded", Error(file));
    }

    [Fact]
    public void TwelveBitsAreNamed()
    {
        byte[] file = Golden("37x29_jpeg420.jpg");
        file[Frame(file) + 4] = 12;
        Assert.Contains("12-bit JPEG images are not decoded", Error(file));
    }

    // Without its end the image still has all its pixels.
    [Fact]
    public void AMissingEndMarkerIsNoLoss()
    {
        byte[] file = Golden("64x48_jpeg420.jpg");
        decoder.Decode(file, ImageColor.Colour, image);
        byte[] whole = image.Pixels.ToArray();
        decoder.Decode(file.AsSpan(0, file.Length - 2), ImageColor.Colour, image);
        Assert.Equal(whole, image.Pixels.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void MotionJpegMayLeaveOutTheStandardTables(int seed)
    {
        byte[] file = StandardTablesLeftOut(Golden("64x48_jpeg420.jpg"), seed);
        Assert.True(file.Length > 0);
        decoder.Decode(Golden("64x48_jpeg420.jpg"), ImageColor.Colour, image);
        byte[] whole = image.Pixels.ToArray();
        decoder.Decode(file, ImageColor.Colour, image);
        Assert.Equal(whole, image.Pixels.ToArray());
    }

    // Scans that refine nothing: a bit for each of the 48 blocks of luma.
    [Fact]
    public void AnImageOfEndlessScansIsRefused()
    {
        byte[] file = Golden("64x48_progressive.jpg");
        byte[] scan = [0xFF, 0xDA, 0, 8, 1, file[Frame(file, 0xC2) + 10], 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0];
        List<byte> longer = [.. file[..^2]];
        for (int i = 0; i < 250; i++)
        {
            longer.AddRange(scan);
        }

        Assert.Contains("too many scans", Error([.. longer, .. file[^2..]]));
    }

    [Fact]
    public void AHeaderThatClaimsMorePixelsThanTheFileHasBitsIsRefused()
    {
        byte[] file = Golden("64x48_jpeg420.jpg");
        (file[Frame(file) + 5], file[Frame(file) + 7]) = (0x30, 0x30);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("ends early", Error(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static byte[] StandardTablesLeftOut(byte[] file, int keep)
    {
        List<byte> left = [.. file[..2]];
        for (int at = 2, table = 0; ;)
        {
            int length = 2 + ((file[at + 2] << 8) | file[at + 3]);
            bool isTable = file[at + 1] == 0xC4;
            if (!isTable || table++ < keep)
            {
                left.AddRange(file[at..(at + length)]);
            }

            at += length;
            if (file[at - length + 1] == 0xDA)
            {
                return [.. left, .. file[at..]];
            }
        }
    }

    private static int Frame(byte[] file, byte marker = 0xC0) =>
        file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, marker]);

    private static byte[] Golden(string name) =>
        File.ReadAllBytes(Path.Combine(GoldenFolders.Roots[0], "images", name));

    private string Error(byte[] file) =>
        Assert.Throws<CnnException>(() => decoder.Decode(file, ImageColor.Colour, image)).Message;
}
