using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Jpeg;

namespace Cnn.Tests.Proto.Formats.Jpeg;

/// <summary>Markers and segments, and what the size of an image is read from; ITU-T T.81, B.1.1.</summary>
[Trait("Category", "Unit")]
public sealed class SegmentReaderTests
{
    [Theory]
    [InlineData("FFE0", new byte[] { 0xE0 })]
    [InlineData("FFFFFFE0", new byte[] { 0xE0 })]
    [InlineData("0102FFE003FFE1", new byte[] { 0xE0, 0xE1 })]
    [InlineData("FF00FFE0", new byte[] { 0xE0 })]
    [InlineData("FFD0FFD7FF01FFD8FFD9", new byte[] { 0xD8, 0xD9 })]
    [InlineData("", new byte[0])]
    [InlineData("01", new byte[0])]
    [InlineData("FF", new byte[0])]
    [InlineData("FFFF", new byte[0])]
    [InlineData("FFD0", new byte[0])]
    public void BytesThatBelongToNoSegmentAreLeftOut(string hex, byte[] markers)
    {
        byte[] file = Convert.FromHexString(hex);
        var reader = new SegmentReader(file, 0);
        List<byte> found = [];
        while (reader.TryReadMarker(out byte marker))
        {
            found.Add(marker);
        }

        Assert.Equal(markers, found);
        Assert.Equal(file.Length, reader.Position);
    }

    [Theory]
    [InlineData("0002", "")]
    [InlineData("000205", "")]
    [InlineData("00030507", "05")]
    [InlineData("000405FF", "05FF")]
    public void TheLengthOfASegmentCountsItself(string hex, string content)
    {
        var reader = new SegmentReader(Convert.FromHexString(hex), 0);

        Assert.Equal(content, Convert.ToHexString(reader.ReadSegment()));
        Assert.Equal(2 + (content.Length / 2), reader.Position);
    }

    [Theory]
    [InlineData("", "ends early")]
    [InlineData("00", "ends early")]
    [InlineData("0003", "ends early")]
    [InlineData("0000", "a segment has no length")]
    [InlineData("000100", "a segment has no length")]
    public void ASegmentThatIsNotAllThereIsRefused(string hex, string expected)
    {
        byte[] file = Convert.FromHexString(hex);

        Assert.Contains(
            expected, Assert.Throws<CnnException>(() => new SegmentReader(file, 0).ReadSegment().Length).Message);
    }

    [Fact]
    public void TheSizeIsThatOfTheFrameBeforeTheFirstScan()
    {
        byte[] frame = JpegFiles.Frame(JpegMarker.Progressive, 300, 200, (1, 0x11, 0), (2, 0x11, 0), (3, 0x11, 0));
        byte[] scan = JpegFiles.Scan(0, 0, 0, 0, 1);
        JpegSize size = JpegSize.Read(JpegFiles.File(
            JpegFiles.Segment(JpegMarker.Application1, JpegFiles.Exif(6)),
            JpegFiles.Segment(JpegMarker.Baseline, 8, 0, 1, 0, 1),
            scan,
            frame,
            JpegFiles.Segment(JpegMarker.Application1, JpegFiles.Exif(3)),
            scan,
            JpegFiles.Frame(JpegMarker.Baseline, 8, 8, (1, 0x11, 0))));

        Assert.Equal(new JpegSize(3, 200, 300, ImageOrientation.TurnedLeft), size);
    }

    [Fact]
    public void AFileWithoutAFrameOrAScanHasNoSize()
    {
        byte[] frame = JpegFiles.Frame(JpegMarker.Baseline, 8, 8, (1, 0x11, 0)), scan = JpegFiles.Scan(0, 63, 0, 0, 1);
        byte[][] files =
        [
            JpegFiles.File(), JpegFiles.File(scan), JpegFiles.File(frame),
            [.. JpegFiles.File(frame), .. scan],
            JpegFiles.File(frame, [0xFF, JpegMarker.Start], scan),
        ];

        Assert.All(
            files,
            file => Assert.Contains("ends early", Assert.Throws<CnnException>(() => JpegSize.Read(file)).Message));
    }
}
