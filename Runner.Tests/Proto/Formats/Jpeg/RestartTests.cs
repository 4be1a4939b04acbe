using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Jpeg;
using static Cnn.Tests.Proto.Formats.Jpeg.JpegFiles;

namespace Cnn.Tests.Proto.Formats.Jpeg;

/// <summary>Restart markers: ITU-T T.81, F.1.1.5.2 and G.1.2.2.</summary>
[Trait("Category", "Unit")]
public sealed class RestartTests : IDisposable
{
    private const int Blocks = 10;
    private const byte Divisor = 8;

    // The difference 10, which has four bits, and the end of a block without other coefficients.
    private const string Block = "0100" + "1010" + "0000";

    private readonly ImageDecoder decoder = new();
    private readonly PlanarImage image = new();

    public void Dispose() => decoder.Dispose();

    [Fact]
    public void EachIntervalStartsFromZeroAndItsMarkersCountToEight()
    {
        Decode(JpegMarker.Baseline, [Scan(0, 63, 0, 0, 1), .. Intervals(1, Block)]);
        AssertBlocks(block => 10);

        // Two blocks of an interval: the second has the sum of both differences.
        Decode(JpegMarker.Baseline, [Scan(0, 63, 0, 0, 1), .. Intervals(2, Block + Block)], 2);
        AssertBlocks(block => block % 2 == 0 ? 10 : 20);

        // Bytes of 0xFF may come before a marker.
        byte[] data = [.. Intervals(1, Block).SelectMany((b, i) => i % 2 == 1 ? [0xFF, 0xFF, .. b] : b)];
        Decode(JpegMarker.Baseline, [Scan(0, 63, 0, 0, 1), data]);
        AssertBlocks(block => 10);
    }

    [Fact]
    public void ARunOfZeroBlocksEndsWithItsInterval()
    {
        // The code 0001 is a run of two or three blocks, of which an interval has one.
        byte[][] zeros = Intervals(1, "0001" + "1");
        byte[] value = Bits("0010" + "1" + "0000");
        zeros[^1] = value;
        Decode(
            JpegMarker.Progressive,
            [
                Scan(0, 0, 0, 0, 1), .. Intervals(1, "0100" + "1010"),
                Scan(1, 63, 0, 0, 1), .. zeros,
            ]);

        Assert.Equal(Enumerable.Repeat((byte)138, 72), image.Pixels[..72].ToArray());
        Assert.Equal((139, 137), (image.Pixels[72], image.Pixels[79]));
    }

    [Fact]
    public void AMarkerThatIsMissingOrOutOfOrderIsDamage()
    {
        byte[][] data = Intervals(1, Block);
        Assert.Contains("a restart marker is missing", Refused([data[0], .. data[2..]]));
        Assert.Contains("a restart marker is missing", Refused([.. data[..3], data[1], .. data[4..]]));
        Assert.Contains("ends early", Refused(data[..5]));
    }

    private static byte[][] Intervals(int blocks, string bits) =>
    [
        .. Enumerable.Range(0, Blocks / blocks).SelectMany(i => i == 0
            ? new[] { Bits(bits) }
            : [[0xFF, (byte)(JpegMarker.FirstRestart + ((i - 1) & 7))], Bits(bits)]),
    ];

    private string Refused(byte[][] data) => Assert.Throws<CnnException>(
        () => Decode(JpegMarker.Baseline, [Scan(0, 63, 0, 0, 1), .. data])).Message;

    private void Decode(byte frame, byte[][] scans, byte interval = 1) => decoder.Decode(
        JpegFiles.File(
            [
                Quantization(Divisor),
                Codes(0x00, [.. Enumerable.Range(0, 12).Select(size => (byte)size)]),
                Codes(0x10, 0x00, 0x10, 0x01),
                Segment(JpegMarker.RestartInterval, 0, interval),
                Frame(frame, Blocks * 8, 8, (1, 0x11, 0)),
                .. scans,
            ]),
        ImageColor.Grey,
        image);

    // A first coefficient is eight times the mean, as large as the divisor.
    private void AssertBlocks(Func<int, int> level)
    {
        byte[] row = image.Pixels[..(Blocks * 8)].ToArray();
        Assert.Equal(Enumerable.Range(0, row.Length).Select(x => (byte)(128 + level(x / 8))), row);
    }
}
