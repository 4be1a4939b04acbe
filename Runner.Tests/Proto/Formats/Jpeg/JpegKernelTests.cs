using Cnn.Proto.Formats.Jpeg;

namespace Cnn.Tests.Proto.Formats.Jpeg;

/// <summary>The vector code of the JPEG decoder against its references, on every vector width.</summary>
[Trait("Category", "Kernel")]
public sealed unsafe class JpegKernelTests
{
    private const int Guard = 64;

    // Coefficients of photographs, of damaged files, and few of them.
    [Theory]
    [InlineData(1, 64, 20)]
    [InlineData(2, 64, 2048)]
    [InlineData(3, 64, 32768)]
    [InlineData(4, 3, 1000)]
    [InlineData(5, 1, 32768)]
    public void TheInverseDctEqualsItsReference(int seed, int most, int size)
    {
        var random = new Random(seed);
        short* block = stackalloc short[64], multipliers = stackalloc short[64];
        byte* actual = stackalloc byte[8 * 20], expected = stackalloc byte[8 * 20];
        for (int i = 0; i < 2000; i++)
        {
            new Span<short>(block, 64).Clear();
            for (int n = random.Next(most + 1); n > 0; n--)
            {
                // Some blocks have values in the first row alone, which is a shorter way.
                block[random.Next(i % 3 == 0 ? 8 : 64)] = (short)random.Next(-size, size);
            }

            for (int k = 0; k < 64; k++)
            {
                multipliers[k] = (short)random.Next(1, i % 2 == 0 ? 256 : 30);
            }

            InverseDct.Transform(block, multipliers, actual, 20);
            InverseDct.Reference(block, multipliers, expected, 20);
            for (int y = 0; y < 8; y++)
            {
                Assert.Equal(Row(expected + (20 * y), 8), Row(actual + (20 * y), 8));
            }
        }
    }

    [Fact]
    public void ABlockOfOneCoefficientEqualsTheReference()
    {
        short* block = stackalloc short[64], multipliers = stackalloc short[64];
        byte* actual = stackalloc byte[64], expected = stackalloc byte[64];
        new Span<short>(block, 64).Clear();
        new Span<short>(multipliers, 64).Fill(1);
        for (int value = -3000; value <= 3000; value += 7)
        {
            (block[0], multipliers[0]) = ((short)value, (short)((value & 31) + 1));
            InverseDct.Fill(block[0], multipliers[0], actual, 8);
            InverseDct.Reference(block, multipliers, expected, 8);
            Assert.Equal(Row(expected, 64), Row(actual, 64));
        }
    }

    // All pairs of luma and one difference, and the other one along a diagonal.
    [Fact]
    public void ColoursOfAllLevelsEqualTheReference()
    {
        const int Count = 1 << 16;
        byte[] y = new byte[Count], cb = new byte[Count], cr = new byte[Count];
        byte[] actual = new byte[3 * Count], expected = new byte[3 * Count];
        for (int shift = 0; shift < 256; shift += 15)
        {
            for (int i = 0; i < Count; i++)
            {
                (y[i], cb[i], cr[i]) = ((byte)i, (byte)(i >> 8), (byte)((i >> 8) + i + shift));
            }

            Convert(y, cb, cr, Count, actual, vectors: true);
            Convert(y, cb, cr, Count, expected, vectors: false);
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void RowsOfEveryWidthStayWithinTheirBounds()
    {
        var random = new Random(3);
        for (int width = 1; width < 140; width++)
        {
            byte[] y = Random(random, width), cb = Random(random, width), cr = Random(random, width);
            byte[] actual = new byte[(3 * width) + 1], expected = new byte[(3 * width) + 1];
            Convert(y, cb, cr, width, actual, vectors: true);
            Convert(y, cb, cr, width, expected, vectors: false);
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void DoubledRowsEqualTheFormula()
    {
        var random = new Random(4);
        for (int width = 3; width < 90; width++)
        {
            byte[] near = Random(random, width + Guard), far = Random(random, width + Guard);
            byte[] wide = Double(near, near, width, blends: false), both = Double(near, far, width, blends: true);
            for (int x = 0; x < width; x++)
            {
                int left = Math.Max(x - 1, 0), right = Math.Min(x + 1, width - 1);
                Assert.Equal(((3 * near[x]) + near[left] + 1) >> 2, wide[2 * x]);
                Assert.Equal(((3 * near[x]) + near[right] + 2) >> 2, wide[(2 * x) + 1]);
                Assert.Equal(((3 * Sum(x)) + Sum(left) + 8) >> 4, both[2 * x]);
                Assert.Equal(((3 * Sum(x)) + Sum(right) + 7) >> 4, both[(2 * x) + 1]);
            }

            int Sum(int x) => (3 * near[x]) + far[x];
        }
    }

    // What lies behind a row is the next one's, or nobody's.
    [Fact]
    public void OtherConversionsEqualTheirFormulasAndStayWithinTheRow()
    {
        var random = new Random(5);
        for (int width = 1; width < 40; width++)
        {
            byte[] a = Random(random, width + 1), b = Random(random, width + 1), c = Random(random, width + 1);
            byte[] k = Random(random, width + 1);
            byte[] grey = Rows(a, b, c, k, (p0, p1, p2, p3) => ColorConversion.GreyOfRgb(p0, p1, p2, width, p3))[3];
            byte[] other = Rows(a, b, c, k, (p0, p1, p2, p3) => ColorConversion.GreyOfCmyk(p0, p1, p2, width, p3))[3];
            byte[][] cmyk = Rows(a, b, c, k, (p0, p1, p2, p3) => ColorConversion.RgbOfCmyk(p0, p1, p2, p3, width));
            byte[][] cmy = Rows(a, b, c, k, (p0, p1, p2, _) => ColorConversion.CmyOfYcc(p0, p1, p2, width));
            for (int x = 0; x < width; x++)
            {
                double level = (0.299 * a[x]) + (0.587 * b[x]) + (0.114 * c[x]);
                Assert.InRange(grey[x], level - 0.51, level + 0.51);
                Assert.InRange(other[x], level - 1, level + 1);
                byte[][] planes = [a, b, c];
                for (int plane = 0; plane < 3; plane++)
                {
                    Assert.Equal((byte)(k[x] - (((255 - planes[plane][x]) * k[x]) >> 8)), cmyk[plane][x]);
                }

                double red = a[x] + (1.402 * (c[x] - 128)), blue = a[x] + (1.772 * (b[x] - 128));
                double green = a[x] - (0.34414 * (b[x] - 128)) - (0.71414 * (c[x] - 128));
                Assert.InRange(cmy[0][x], Math.Clamp(255 - red, 0, 255) - 1, Math.Clamp(255 - red, 0, 255) + 1);
                Assert.InRange(cmy[1][x], Math.Clamp(255 - green, 0, 255) - 1, Math.Clamp(255 - green, 0, 255) + 1);
                Assert.InRange(cmy[2][x], Math.Clamp(255 - blue, 0, 255) - 1, Math.Clamp(255 - blue, 0, 255) + 1);
            }

            byte[] ends = [a[width], b[width], c[width], k[width]];
            Assert.Equal((k[width], k[width]), (grey[width], other[width]));
            Assert.Equal(ends, cmyk.Select(row => row[width]));
            Assert.Equal(ends, cmy.Select(row => row[width]));
        }
    }

    [Fact]
    public void RepeatedAndBlendedRowsEqualTheFormulaAndStayWithinTheRow()
    {
        var random = new Random(6);
        for (int width = 1; width < 20; width++)
        {
            byte[] near = Random(random, width), far = Random(random, width), to = Random(random, (3 * width) + 1);
            byte end = to[^1];
            fixed (byte* n = near, f = far, t = to)
            {
                Upsampling.Repeat(n, width, 3, t);
                Assert.Equal([.. near.SelectMany(v => new[] { v, v, v }), end], to);

                end = to[width];
                Upsampling.BlendSamples(n, f, width, 1, t);
                Assert.Equal([.. near.Zip(far, (v, w) => (byte)(((3 * v) + w + 1) / 4)), end], to[..(width + 1)]);
                Upsampling.BlendSamples(n, f, width, 2, t);
                Assert.Equal([.. near.Zip(far, (v, w) => (byte)(((3 * v) + w + 2) / 4)), end], to[..(width + 1)]);
            }
        }
    }

    private delegate void Conversion(byte* first, byte* second, byte* third, byte* fourth);

    private static byte[][] Rows(byte[] a, byte[] b, byte[] c, byte[] k, Conversion convert)
    {
        byte[][] rows = [[.. a], [.. b], [.. c], [.. k]];
        fixed (byte* first = rows[0], second = rows[1], third = rows[2], fourth = rows[3])
        {
            convert(first, second, third, fourth);
        }

        return rows;
    }

    private static byte[] Double(byte[] near, byte[] far, int width, bool blends)
    {
        var sums = new ushort[16 + width + Guard];
        var doubled = new byte[(2 * width) + Guard];
        fixed (byte* n = near, f = far, to = doubled)
        {
            fixed (ushort* s = sums)
            {
                if (blends)
                {
                    Upsampling.Blend(n, f, width, s + 16);
                    Upsampling.Double(s + 16, width, 8, 7, 4, to);
                }
                else
                {
                    Upsampling.Widen(n, width, s + 16);
                    Upsampling.Double(s + 16, width, 1, 2, 2, to);
                }
            }
        }

        return doubled;
    }

    private static void Convert(byte[] y, byte[] cb, byte[] cr, int width, byte[] planes, bool vectors)
    {
        fixed (byte* a = y, b = cb, c = cr, to = planes)
        {
            if (vectors)
            {
                ColorConversion.YCbCr(a, b, c, width, to, to + width, to + (2 * width));
            }
            else
            {
                ColorConversion.YCbCrReference(a, b, c, width, to, to + width, to + (2 * width));
            }
        }
    }

    private static byte[] Random(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Row(byte* from, int count) => new ReadOnlySpan<byte>(from, count).ToArray();
}
