using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Jpeg;

namespace Cnn.Tests.Proto.Formats.Jpeg;

/// <summary>TIFF headers and directories, of which the tag 0x0112 says how an image has to be turned.</summary>
[Trait("Category", "Unit")]
public class ExifOrientationTests
{
    private const string Motorola = "4D4D002A00000008", Intel = "49492A0008000000";

    [Theory]
    [InlineData(Motorola + "0001" + "0112000300000001" + "00060000", 6)]
    [InlineData(Intel + "0100" + "1201030001000000" + "06000000", 6)]
    [InlineData(Motorola + "0002" + "011A000500000001" + "00000000" + "0112000300000001" + "00080000", 8)]
    [InlineData("4D4D002A0000000A" + "0000" + "0001" + "0112000300000001" + "00020000", 2)]
    [InlineData(Motorola + "0001" + "0112000300000001" + "00010000", 1)]
    [InlineData(Motorola + "0001" + "0112000300000001" + "00000000", 1)]
    [InlineData(Motorola + "0001" + "0112000300000001" + "00090000", 1)]
    [InlineData(Motorola + "0001" + "0113000300000001" + "00060000", 1)]
    [InlineData(Motorola + "0000" + "0112000300000001" + "00060000", 1)]
    [InlineData(Motorola + "0001" + "0112000300000001" + "000600", 1)]
    [InlineData("4D4D002B00000008" + "0001" + "0112000300000001" + "00060000", 1)]
    [InlineData("4D49002A00000008" + "0001" + "0112000300000001" + "00060000", 1)]
    [InlineData("4D4D002AFFFFFFFF" + "0001" + "0112000300000001" + "00060000", 1)]
    [InlineData(Motorola + "00", 1)]
    [InlineData(Motorola, 1)]
    [InlineData("4D4D002A000000", 1)]
    [InlineData("", 1)]
    public void WhatIsNotOfTheFormatSaysNothing(string hex, int expected)
    {
        byte[] tiff = Convert.FromHexString(hex);

        Assert.Equal((ImageOrientation)expected, ExifOrientation.OfTiff(tiff));
        Assert.Equal((ImageOrientation)expected, ExifOrientation.OfSegment([.. "Exif\0\0"u8, .. tiff]));
    }
}
