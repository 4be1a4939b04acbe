using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Jpeg;
using static Cnn.Tests.Proto.Formats.Jpeg.JpegFiles;

namespace Cnn.Tests.Proto.Formats.Jpeg;

/// <summary>
/// Codes of progressive scans written bit by bit, as ITU-T T.81, G.1.2 has them, against the cosines of their
/// coefficients.
/// </summary>
[Trait("Category", "Unit")]
public sealed class ProgressiveBlocksTests : IDisposable
{
    private const byte Divisor = 8;

    // The run of zeros and the size of the value; 00, 10: one, two or three blocks of zeros; F0: sixteen zeros.
    private static readonly byte[] Symbols = [0x00, 0xF0, 0x46, 0x45, 0x04, 0x05, 0x10, 0x21, 0x61];

    private readonly ImageDecoder decoder = new();
    private readonly PlanarImage image = new();

    public void Dispose() => decoder.Dispose();

    // Place 21 of the zigzag is row 6 and column 0: sixteen zeros and four more lie between it and the first.
    [Fact]
    public void ARunOfSixteenZerosIsSteppedOver()
    {
        string codes = Code(0xF0) + Code(0x46) + "101001" + Code(0x00);
        Decode(JpegMarker.Baseline, 8, (Scan(0, 63, 0, 0, 1), Difference(0) + codes));
        AssertIs(0, (6, 0, 41));
        Decode(JpegMarker.Progressive, 8, (Scan(0, 0, 0, 0, 1), Difference(0)), (Scan(1, 63, 0, 0, 1), codes));
        AssertIs(0, (6, 0, 41));
    }

    // Figure G.7: of the old coefficient the last bit comes where the run passes it; place 40 is row 3, column 5.
    [Theory]
    [InlineData("10100", "1", "1", 41, 1)]
    [InlineData("10100", "0", "1", 40, 1)]
    [InlineData("01011", "1", "0", -41, -1)]
    [InlineData("01011", "0", "0", -40, -1)]
    public void ARefiningScanCorrectsOldCoefficientsAndAddsNewOnes(
        string old, string correction, string sign, int corrected, int added)
    {
        Decode(
            JpegMarker.Progressive,
            8,
            (Scan(0, 0, 0, 0, 1), Difference(0)),
            (Scan(1, 63, 0, 1, 1), Code(0xF0) + Code(0x45) + old + Code(0x00)),
            (Scan(1, 63, 1, 0, 1), Code(0xF0) + Code(0xF0) + correction + Code(0x61) + sign + Code(0x00)));

        AssertIs(0, (6, 0, corrected), (3, 5, added));
    }

    [Fact]
    public void BlocksOfZerosAreCountedFromTheOneThatEnds()
    {
        string one = Code(0x05) + "10100";
        Decode(
            JpegMarker.Progressive,
            24,
            (Scan(0, 0, 0, 0, 1), Difference(0) + Difference(0) + Difference(0)),
            (Scan(1, 63, 0, 0, 1), one + Code(0x10) + "0" + one + Code(0x00)));

        AssertIs(0, (0, 1, 20));
        AssertIs(1);
        AssertIs(2, (0, 1, 20));
    }

    [Fact]
    public void CoefficientsOfBlocksWithoutNewOnesAreCorrected()
    {
        string one = Code(0x04) + "1010" + Code(0x00);
        Decode(
            JpegMarker.Progressive,
            24,
            (Scan(0, 0, 0, 0, 1), Difference(0) + Difference(0) + Difference(0)),
            (Scan(1, 63, 0, 1, 1), one + one + one),
            (Scan(1, 63, 1, 0, 1), Code(0x10) + "1" + "101"));

        AssertIs(0, (0, 1, 21));
        AssertIs(1, (0, 1, 20));
        AssertIs(2, (0, 1, 21));
    }

    // 10 and 10 - 3, without their last bits, which follow: 21 and 14.
    [Fact]
    public void DcCoefficientsAreSumsOfDifferencesWhoseLastBitsFollow()
    {
        Decode(
            JpegMarker.Progressive,
            16,
            (Scan(0, 0, 0, 1, 1), Difference(4) + "1010" + Difference(2) + "00"),
            (Scan(0, 0, 1, 0, 1), "10"),
            (Scan(1, 63, 0, 0, 1), Code(0x10) + "0"));

        // A coefficient is eight times the mean, as large as the divisor.
        Assert.Equal(Enumerable.Repeat((byte)(128 + 21), 8), image.Pixels[..8].ToArray());
        Assert.Equal(Enumerable.Repeat((byte)(128 + 14), 8), image.Pixels[8..16].ToArray());
    }

    // libjpeg smooths an image that lacks one of the first ten coefficients.
    [Fact]
    public void AnImageWithoutItsFirstTenCoefficientsIsAPreview()
    {
        (byte[], string) direct = (Scan(0, 0, 0, 0, 1), Difference(0));
        Decode(JpegMarker.Progressive, 8, direct, (Scan(1, 9, 0, 0, 1), Code(0x00)));
        AssertIs(0);
        Assert.Contains("lacks scans", Refused(direct, (Scan(1, 8, 0, 0, 1), Code(0x00))));
        Assert.Contains("lacks scans", Refused(direct, (Scan(1, 63, 0, 1, 1), Code(0x00))));
        Assert.Contains("lacks scans", Refused((Scan(1, 63, 0, 0, 1), Code(0x00))));
    }

    private static string Difference(int size) => Convert.ToString(size, 2).PadLeft(4, '0');

    private static string Code(byte symbol) => Difference(Array.IndexOf(Symbols, symbol));

    private string Refused(params (byte[] Header, string Bits)[] scans) =>
        Assert.Throws<CnnException>(() => Decode(JpegMarker.Progressive, 8, scans)).Message;

    private void Decode(byte frame, int width, params (byte[] Header, string Bits)[] scans) => decoder.Decode(
        JpegFiles.File(
            [
                Quantization(Divisor),
                Codes(0x00, [.. Enumerable.Range(0, 12).Select(size => (byte)size)]),
                Codes(0x10, Symbols),
                Frame(frame, width, 8, (1, 0x11, 0)),
                .. scans.SelectMany(s => new[] { s.Header, Bits(s.Bits) }),
            ]),
        ImageColor.Grey,
        image);

    // A.3.3, to one level.
    private void AssertIs(int block, params (int Row, int Column, int Value)[] coefficients)
    {
        for (int y = 0; y < 8; y++)
        {
            for (int x = 0; x < 8; x++)
            {
                double sum = coefficients.Sum(c => c.Value * Divisor / 4.0
                    * Wave(c.Row, y) * Wave(c.Column, x));
                Assert.InRange(image.Pixels[(y * image.Width) + (8 * block) + x], 127 + sum, 129 + sum);
            }
        }

        static double Wave(int frequency, int at) =>
            frequency == 0 ? Math.Sqrt(0.5) : Math.Cos(((2 * at) + 1) * frequency * Math.PI / 16);
    }
}
