using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Jpeg;
using static Cnn.Tests.Proto.Formats.Jpeg.JpegFiles;

namespace Cnn.Tests.Proto.Formats.Jpeg;

/// <summary>What the segments of a JPEG file say: ITU-T T.81, annex B.</summary>
[Trait("Category", "Unit")]
public sealed unsafe class JpegHeaderTests
{
    private static readonly byte[] Grey = Frame(JpegMarker.Baseline, 16, 8, (1, 0x11, 0));

    private readonly JpegHeader header = new();

    // libjpeg's default_decompress_parms.
    [Theory]
    [InlineData(new byte[] { 1 }, false, -1, nameof(JpegColor.Grey))]
    [InlineData(new byte[] { 1, 2, 3 }, false, -1, nameof(JpegColor.YCbCr))]
    [InlineData(new byte[] { 1, 2, 3 }, false, 0, nameof(JpegColor.Rgb))]
    [InlineData(new byte[] { 1, 2, 3 }, false, 1, nameof(JpegColor.YCbCr))]
    [InlineData(new byte[] { 1, 2, 3 }, true, 0, nameof(JpegColor.YCbCr))]
    [InlineData(new[] { (byte)'R', (byte)'G', (byte)'B' }, false, -1, nameof(JpegColor.Rgb))]
    [InlineData(new[] { (byte)'R', (byte)'G', (byte)'B' }, false, 1, nameof(JpegColor.YCbCr))]
    [InlineData(new[] { (byte)'R', (byte)'G', (byte)'B' }, true, -1, nameof(JpegColor.YCbCr))]
    [InlineData(new[] { (byte)'R', (byte)'G', (byte)'A' }, false, -1, nameof(JpegColor.YCbCr))]
    [InlineData(new byte[] { 1, 2, 3, 4 }, false, -1, nameof(JpegColor.Cmyk))]
    [InlineData(new byte[] { 1, 2, 3, 4 }, false, 0, nameof(JpegColor.Cmyk))]
    [InlineData(new byte[] { 1, 2, 3, 4 }, false, 2, nameof(JpegColor.Ycck))]
    public void ColoursAreWhatLibjpegTakesThemFor(byte[] ids, bool jfif, int adobe, string color)
    {
        List<byte[]> segments = [Frame(JpegMarker.Baseline, 8, 8, [.. ids.Select(id => (id, (byte)0x11, (byte)0))])];
        segments.AddRange(jfif ? [Segment(JpegMarker.Application0, Jfif)] : []);
        segments.AddRange(adobe >= 0 ? [Segment(JpegMarker.Application14, Adobe((byte)adobe))] : []);

        Assert.False(Read([.. segments]));
        Assert.Equal(color, header.Color.ToString());
    }

    [Fact]
    public void SegmentsOfApplicationsThatAreTooShortOrOfOthersSayNothing()
    {
        byte[] frame = Frame(JpegMarker.Baseline, 8, 8, (1, 0x11, 0), (2, 0x11, 0), (3, 0x11, 0));
        Read(
            frame,
            Segment(JpegMarker.Application0, Jfif[..13]),
            Segment(JpegMarker.Application0, [.. "JFXX\0"u8, .. new byte[9]]),
            Segment(JpegMarker.Application14, Adobe(0)));
        Assert.Equal(JpegColor.Rgb, header.Color);

        Read(
            frame,
            Segment(JpegMarker.Application14, Adobe(0)[..11]),
            Segment(JpegMarker.Application14, [.. "Adobf"u8, .. new byte[7]]));
        Assert.Equal(JpegColor.YCbCr, header.Color);
    }

    [Fact]
    public void AFileHasNothingOfTheOneBefore()
    {
        Read(
            Segment(JpegMarker.Application0, Jfif),
            Segment(JpegMarker.Application1, Exif(6)),
            Segment(JpegMarker.RestartInterval, 1, 2),
            Quantization(1),
            Frame(JpegMarker.Progressive, 20, 10, (1, 0x21, 0), (2, 0x11, 0), (3, 0x11, 0)));
        Assert.Equal((20, 10, 2, 1), (header.Width, header.Height, header.Horizontal, header.Vertical));
        Assert.Equal(
            (true, 0x102, ImageOrientation.TurnedLeft),
            (header.IsProgressive, header.RestartInterval, header.Orientation));

        header.Start();
        Assert.Equal((0, 0, 0), (header.Width, header.Height, header.Components.Length));
        Assert.Equal(
            (false, 0, ImageOrientation.Upright), (header.IsProgressive, header.RestartInterval, header.Orientation));
        Assert.Contains("a quantization table is missing", Refused(Grey, Scan(0, 63, 0, 0, 1)));
        Read(Frame(JpegMarker.Extended, 8, 8, ((byte)'R', 0x11, 0), ((byte)'G', 0x11, 0), ((byte)'B', 0x11, 0)));
        Assert.Equal((JpegColor.Rgb, 1, false), (header.Color, header.Horizontal, header.IsProgressive));
    }

    [Fact]
    public void TheFirstOrientationThatTurnsCounts()
    {
        Read(
            Segment(JpegMarker.Application1, [.. "http://ns.adobe.com/xap/1.0/\0"u8]),
            Segment(JpegMarker.Application1, Exif(1)),
            Segment(JpegMarker.Application1, Exif(3)),
            Segment(JpegMarker.Application1, Exif(8)));

        Assert.Equal(ImageOrientation.HalfTurned, header.Orientation);
    }

    // libjpeg's jpeg_read_header ends with the first scan; so does what JpegSize reads.
    [Fact]
    public void WhatFollowsTheFirstScanChangesNeitherColoursNorOrientation()
    {
        byte[] file = JpegFiles.File(
            Quantization(1),
            Frame(JpegMarker.Progressive, 8, 16, (1, 0x11, 0), (2, 0x11, 0), (3, 0x11, 0)),
            Segment(JpegMarker.Application14, Adobe(0)),
            Scan(0, 0, 0, 0, 1, 2, 3),
            Segment(JpegMarker.Application0, Jfif),
            Segment(JpegMarker.Application1, Exif(6)),
            Segment(JpegMarker.Application14, Adobe(1)),
            Scan(1, 63, 0, 0, 1));
        header.Start();

        Assert.True(header.FindScan(file));
        Assert.True(header.FindScan(file));
        Assert.Equal((JpegColor.Rgb, ImageOrientation.Upright), (header.Color, header.Orientation));
        Assert.Equal(new JpegSize(3, 16, 8, ImageOrientation.Upright), JpegSize.Read(file));

        Assert.True(Read(Quantization(1), Grey, Segment(JpegMarker.Application1, Exif(6)), Scan(0, 63, 0, 0, 1)));
        Assert.Equal(ImageOrientation.TurnedLeft, header.Orientation);
    }

    // A.1.1 and A.2.4: sizes are rounded up, and whole units of the frame are stored.
    [Fact]
    public void ComponentsHaveTheirShareOfTheSize()
    {
        Read(Frame(JpegMarker.Baseline, 17, 33, (1, 0x22, 0), (2, 0x11, 1), (3, 0x12, 2)));

        Assert.Equal((2, 2), (header.Horizontal, header.Vertical));
        Assert.Equal(
            [(17, 33, 4, 6, 0), (9, 17, 2, 3, 1), (9, 33, 2, 6, 2)],
            header.Components.ToArray().Select(c => (c.Width, c.Height, c.StoredColumns, c.StoredRows, c.Table)));
    }

    [Fact]
    public void AFrameThatIsNotDecodedSaysWhy()
    {
        byte[] frame = Frame(JpegMarker.Baseline, 8, 8, (1, 0x11, 0));
        Assert.Contains("two frames", Refused(frame, frame));
        Assert.Contains("header of its frame is too short", Refused(Segment(JpegMarker.Baseline, 8, 0, 8, 0, 8)));
        Assert.Contains("header of its frame is too short", Refused(Segment(JpegMarker.Baseline, frame[4..^1])));
        Assert.Contains("12-bit JPEG", Refused(Segment(JpegMarker.Extended, [12, .. frame[5..]])));
        Assert.Contains("0 x 8 pixels", Refused(Frame(JpegMarker.Baseline, 0, 8, (1, 0x11, 0))));
        Assert.Contains("8 x 0 pixels", Refused(Frame(JpegMarker.Baseline, 8, 0, (1, 0x11, 0))));
        Assert.Contains("65535 x 65535", Refused(Frame(JpegMarker.Baseline, 65535, 65535, (1, 0x11, 0))));
        Assert.Contains("0 components", Refused(Frame(JpegMarker.Baseline, 8, 8)));
        Assert.Contains("2 components", Refused(Frame(JpegMarker.Baseline, 8, 8, (1, 0x11, 0), (2, 0x11, 0))));
        (byte, byte, byte)[] five = [.. Enumerable.Range(1, 5).Select(id => ((byte)id, (byte)0x11, (byte)0))];
        Assert.Contains("5 components", Refused(Frame(JpegMarker.Baseline, 8, 8, five)));
        foreach (var (sampling, words) in new[] { (0x01, "0 x 1"), (0x10, "1 x 0"), (0x51, "5 x 1"), (0x15, "1 x 5") })
        {
            Assert.Contains(
                $"sampling factors {words}", Refused(Frame(JpegMarker.Baseline, 8, 8, (1, (byte)sampling, 0))));
        }

        foreach (byte sampling in (byte[])[0x31, 0x13])
        {
            Assert.Contains(
                "fractionally subsampled",
                Refused(Frame(JpegMarker.Baseline, 8, 8, (1, sampling, 0), (2, 0x22, 0), (3, 0x11, 0))));
        }
    }

    [Theory]
    [InlineData(0xC3, "lossless")]
    [InlineData(0xC5, "hierarchical")]
    [InlineData(0xC6, "hierarchical")]
    [InlineData(0xC7, "hierarchical")]
    [InlineData(0xC9, "arithmetic-coded")]
    [InlineData(0xCB, "arithmetic-coded")]
    [InlineData(0xCD, "arithmetic-coded")]
    [InlineData(0xCF, "arithmetic-coded")]
    public void FramesOfOtherKindsAreNamed(byte marker, string kind) =>
        Assert.Contains($"{kind} JPEG images are not decoded", Refused(Frame(marker, 8, 8, (1, 0x11, 0))));

    [Theory]
    [InlineData(0xC8)]
    [InlineData(0xCC)]
    [InlineData(0xDC)]
    [InlineData(0xFE)]
    public void SegmentsWithoutAMeaningHereAreSkipped(byte marker)
    {
        Read(Segment(marker), Segment(marker, 1, 2, 3), Grey);

        Assert.Equal((16, 8), (header.Width, header.Height));
    }

    [Fact]
    public void AnImageWithinAnImageIsRefused() =>
        Assert.Contains("an image starts within it", Refused(Grey, [0xFF, JpegMarker.Start]));

    [Fact]
    public void ARestartIntervalHasTwoBytes()
    {
        Assert.Contains("restart interval", Refused(Segment(JpegMarker.RestartInterval, 1)));
        Assert.Contains("restart interval", Refused(Segment(JpegMarker.RestartInterval, 1, 2, 3)));
    }

    // Figure A.6 has the order of the zigzag.
    [Fact]
    public void QuantizationTablesOfBothPrecisionsAreReadInTheOrderOfTheZigzag()
    {
        byte[] eight = [0x03, .. Enumerable.Range(1, 64).Select(i => (byte)i)];
        byte[] sixteen = [0x10, .. Enumerable.Range(1, 64).SelectMany(i => new byte[] { (byte)(i / 64 * 2), (byte)i })];
        Assert.True(Read(
            Segment(JpegMarker.QuantizationTables, [.. eight, .. sixteen]),
            Frame(JpegMarker.Baseline, 8, 8, (1, 0x11, 3), (2, 0x11, 0), (3, 0x11, 3)),
            Scan(0, 63, 0, 0, 1, 2, 3)));

        foreach (var (component, last) in new[] { (0, 64), (1, 0x240) })
        {
            short* table = header.Components[component].Multipliers;
            Assert.Equal(
                [1, 2, 3, 4, 5, 6, 7, last],
                new[] { 0, 1, 8, 16, 9, 2, 3, 63 }.Select(place => (int)table[place]));
        }
    }

    [Fact]
    public void TablesThatAreCutOrHaveNoNumberAreRefused()
    {
        Assert.Contains("quantization", Refused(Segment(JpegMarker.QuantizationTables, new byte[64])));
        Assert.Contains("quantization", Refused(Segment(JpegMarker.QuantizationTables, [0x10, .. new byte[127]])));
        Assert.Contains("quantization", Refused(Segment(JpegMarker.QuantizationTables, [0x04, .. new byte[64]])));
        Assert.Contains("quantization", Refused(Segment(JpegMarker.QuantizationTables, [.. new byte[65], 1])));
        Assert.False(Read(Segment(JpegMarker.QuantizationTables, new byte[65]), Codes(0, 1, 2), Codes(0x13)));

        Assert.Contains("Huffman", Refused(Codes(0x04, 1)));
        Assert.Contains("Huffman", Refused(Codes(0x20, 1)));
        Assert.Contains("Huffman", Refused(Segment(JpegMarker.HuffmanTables, new byte[16])));
        Assert.Contains("Huffman", Refused(Segment(JpegMarker.HuffmanTables, [0, 0, 0, 0, 2, .. new byte[13]])));
        Assert.Contains(
            "Huffman",
            Refused(Segment(JpegMarker.HuffmanTables, [0, .. new byte[14], 129, 128, .. new byte[257]])));
    }

    [Fact]
    public void AScanIsAsLongAsItsComponentsAre()
    {
        byte[][] before = [Quantization(1), Grey];
        Assert.True(Read([.. before, Segment(JpegMarker.Scan, 1, 1, 0, 0, 63, 0)]));
        Assert.Contains("wrong length", Refused(Quantization(1), Segment(JpegMarker.Scan, 1, 1, 0, 0, 63, 0)));
        Assert.Contains("wrong length", Refused([.. before, Segment(JpegMarker.Scan)]));
        Assert.Contains("wrong length", Refused([.. before, Segment(JpegMarker.Scan, 0, 0, 63, 0)]));
        Assert.Contains("wrong length", Refused([.. before, Segment(JpegMarker.Scan, 1, 1, 0, 0, 63)]));
        Assert.Contains("wrong length", Refused([.. before, Segment(JpegMarker.Scan, 1, 1, 0, 0, 63, 0, 0)]));
        Assert.Contains("wrong length", Refused([.. before, Segment(JpegMarker.Scan, [5, .. new byte[13]])]));
        Assert.Contains("component 2, which is not in", Refused([.. before, Scan(0, 63, 0, 0, 2)]));
        Assert.Contains("more blocks", Refused([.. before, Scan(0, 63, 0, 0, 1, 1)]));
        Assert.Contains(
            "quantization table is missing",
            Refused(Quantization(1), Frame(JpegMarker.Baseline, 8, 8, (1, 0x11, 1)), Scan(0, 63, 0, 0, 1)));
        Assert.Contains(
            "quantization table is missing",
            Refused(Quantization(1), Frame(JpegMarker.Baseline, 8, 8, (1, 0x11, 4)), Scan(0, 63, 0, 0, 1)));
    }

    // B.2.3: a unit of several components has at most ten blocks.
    [Theory]
    [InlineData(0x42, 0x11, true)]
    [InlineData(0x42, 0x21, false)]
    public void AUnitHasAtMostTenBlocks(byte first, byte second, bool allowed)
    {
        byte[] frame = Frame(JpegMarker.Baseline, 8, 8, (1, first, 0), (2, second, 0), (3, 0x11, 0));
        if (allowed)
        {
            Assert.True(Read(Quantization(1), frame, Scan(0, 63, 0, 0, 1, 2, 3)));
        }
        else
        {
            Assert.Contains("more blocks", Refused(Quantization(1), frame, Scan(0, 63, 0, 0, 1, 2, 3)));
        }

        Assert.True(Read(Quantization(1), Frame(JpegMarker.Baseline, 8, 8, (1, 0x44, 0)), Scan(0, 63, 0, 0, 1)));
    }

    // G.1.1.1: DC coefficients alone, AC ones of one component, and one bit more each time.
    [Theory]
    [InlineData(0, 0, 0, 13, true)]
    [InlineData(0, 0, 0, 14, false)]
    [InlineData(0, 0, 1, 0, true)]
    [InlineData(0, 0, 2, 0, false)]
    [InlineData(0, 1, 0, 0, false)]
    [InlineData(1, 63, 0, 0, true)]
    [InlineData(1, 64, 0, 0, false)]
    [InlineData(5, 5, 0, 0, true)]
    [InlineData(5, 4, 0, 0, false)]
    [InlineData(1, 5, 2, 1, true)]
    [InlineData(1, 5, 1, 1, false)]
    [InlineData(1, 5, 3, 1, false)]
    public void AProgressiveScanIsOneOfTheFormats(int first, int last, int high, int low, bool allowed)
    {
        byte[][] segments =
        [
            Quantization(1), Frame(JpegMarker.Progressive, 8, 8, (1, 0x11, 0)), Scan(first, last, high, low, 1),
        ];
        if (allowed)
        {
            Assert.True(Read(segments));
            Assert.Equal(
                (first, last, high, low), (header.Scan.First, header.Scan.Last, header.Scan.High, header.Scan.Low));
            Assert.Equal(
                Enumerable.Range(0, 64).Select(k => k >= first && k <= last ? low : -1),
                header.Components[0].Missing.Select(m => (int)m));
        }
        else
        {
            Assert.Contains($"coefficients {first} to {last}, bits {high} to {low}", Refused(segments));
        }
    }

    [Fact]
    public void OnlyDcCoefficientsOfSeveralComponentsShareAProgressiveScan()
    {
        byte[][] before =
        [
            Quantization(1), Frame(JpegMarker.Progressive, 8, 8, (1, 0x11, 0), (2, 0x11, 0), (3, 0x11, 0)),
        ];
        Assert.True(Read([.. before, Scan(0, 0, 0, 0, 1, 2, 3)]));
        Assert.Contains("coefficients 1 to 5", Refused([.. before, Scan(1, 5, 0, 0, 1, 2)]));
    }

    [Fact]
    public void DifferencesHaveAtMostFifteenBits()
    {
        byte[][] before = [Quantization(1), Codes(0, 15), Grey];
        Assert.True(Read([.. before, Scan(0, 63, 0, 0, 1)]));
        before[1] = Codes(0, 16);
        Assert.Contains("more than 15 bits", Refused([.. before, Scan(0, 63, 0, 0, 1)]));

        // Scans that have no first DC coefficients do not use the table.
        before[2] = Frame(JpegMarker.Progressive, 8, 8, (1, 0x11, 0));
        Assert.Contains("more than 15 bits", Refused([.. before, Scan(0, 0, 0, 1, 1)]));
        Assert.True(Read([.. before, Scan(0, 0, 1, 0, 1)]));
        Assert.True(Read([.. before, Scan(1, 5, 0, 0, 1)]));
    }

    private bool Read(params byte[][] segments)
    {
        header.Start();
        return header.FindScan(JpegFiles.File(segments));
    }

    private string Refused(params byte[][] segments) => Assert.Throws<CnnException>(() => Read(segments)).Message;
}
