using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cnn.Proto.Formats.Images;

namespace Cnn.Proto.Formats.Jpeg;

/// <summary>
/// Converts rows of samples to planes of blue, green and red, or of grey. Luma and differences by the formulas of JFIF
/// in units of 2^-16, rounded, as libjpeg has them; CMYK as OpenCV converts it.
/// </summary>
internal static unsafe class ColorConversion
{
    // 1.402, 0.34414, 0.71414 and 1.772 in units of 2^-16.
    private const int RedOfCr = 91881, GreenOfCb = 22554, GreenOfCr = 46802, BlueOfCb = 116130, HalfUnit = 1 << 15;

    // 0.299, 0.587 and 0.114 in the same units.
    private const int Red = 19595, Green = 38470, Blue = 7471;

    private const int Lanes = 32;

    /// <summary>Converts a row of luma and differences.</summary>
    public static void YCbCr(byte* y, byte* cb, byte* cr, int width, byte* blue, byte* green, byte* red)
    {
        int x = 0;
        if (Avx2.IsSupported && width >= Lanes)
        {
            // The last vector ends with the row, and overlaps the one before.
            for (; x < width; x += Lanes)
            {
                int at = Math.Min(x, width - Lanes);
                YCbCrAvx2(y + at, cb + at, cr + at, blue + at, green + at, red + at);
            }

            return;
        }

        YCbCrReference(y, cb, cr, width, blue, green, red);
    }

    /// <summary>The specification: one pixel at a time.</summary>
    public static void YCbCrReference(byte* y, byte* cb, byte* cr, int width, byte* blue, byte* green, byte* red)
    {
        for (int x = 0; x < width; x++)
        {
            int b = cb[x] - 128, r = cr[x] - 128;
            red[x] = Sample(y[x] + (((RedOfCr * r) + HalfUnit) >> 16));
            green[x] = Sample(y[x] + (((-GreenOfCb * b) - (GreenOfCr * r) + HalfUnit) >> 16));
            blue[x] = Sample(y[x] + (((BlueOfCb * b) + HalfUnit) >> 16));
        }
    }

    /// <summary>Converts a row of red, green and blue to grey.</summary>
    public static void GreyOfRgb(byte* red, byte* green, byte* blue, int width, byte* grey)
    {
        for (int x = 0; x < width; x++)
        {
            grey[x] = (byte)(((Red * red[x]) + (Green * green[x]) + (Blue * blue[x]) + HalfUnit) >> 16);
        }
    }

    /// <summary>Makes cyan, magenta and yellow of luma and differences, in place.</summary>
    public static void CmyOfYcc(byte* y, byte* cb, byte* cr, int width)
    {
        for (int x = 0; x < width; x++)
        {
            byte blue, green, red;
            YCbCrReference(y + x, cb + x, cr + x, 1, &blue, &green, &red);
            (y[x], cb[x], cr[x]) = ((byte)(255 - red), (byte)(255 - green), (byte)(255 - blue));
        }
    }

    /// <summary>Makes red, green and blue of cyan, magenta, yellow and black, in place of the first three.</summary>
    public static void RgbOfCmyk(byte* c, byte* m, byte* y, byte* k, int width)
    {
        for (int x = 0; x < width; x++)
        {
            int black = k[x];
            c[x] = (byte)(black - (((255 - c[x]) * black) >> 8));
            m[x] = (byte)(black - (((255 - m[x]) * black) >> 8));
            y[x] = (byte)(black - (((255 - y[x]) * black) >> 8));
        }
    }

    /// <summary>Converts a row of red, green and blue that was CMYK to grey.</summary>
    public static void GreyOfCmyk(byte* red, byte* green, byte* blue, int width, byte* grey)
    {
        for (int x = 0; x < width; x++)
        {
            grey[x] = GreyLevels.Of(blue[x], green[x], red[x]);
        }
    }

    private static void YCbCrAvx2(byte* y, byte* cb, byte* cr, byte* blue, byte* green, byte* red)
    {
        YCbCrHalf(y, cb, cr, out Vector256<short> b0, out Vector256<short> g0, out Vector256<short> r0);
        YCbCrHalf(
            y + 16, cb + 16, cr + 16, out Vector256<short> b1, out Vector256<short> g1, out Vector256<short> r1);
        Pack(b0, b1).Store(blue);
        Pack(g0, g1).Store(green);
        Pack(r0, r1).Store(red);
    }

    // The factors are taken apart into a whole number and what fits into 16 bits: 1 + 0.402, -1 + 0.28586, 2 - 0.228.
    // floor((floor(2 a) + 1) / 2) rounds a.
    private static void YCbCrHalf(
        byte* y, byte* cb, byte* cr, out Vector256<short> blue, out Vector256<short> green, out Vector256<short> red)
    {
        Vector256<short> luma = Avx2.ConvertToVector256Int16(y), middle = Vector256.Create((short)128);
        Vector256<short> b = Avx2.ConvertToVector256Int16(cb) - middle;
        Vector256<short> r = Avx2.ConvertToVector256Int16(cr) - middle;
        Vector256<short> b2 = b + b, one = Vector256<short>.One;
        Vector256<short> ofRed = Avx2.MultiplyHigh(r + r, Vector256.Create((short)(RedOfCr - 65536)));
        Vector256<short> ofBlue = Avx2.MultiplyHigh(b2, Vector256.Create((short)(BlueOfCb - 131072)));
        red = luma + r + ((ofRed + one) >> 1);
        blue = luma + b2 + ((ofBlue + one) >> 1);

        Vector256<short> factors = Vector256.Create(((65536 - GreenOfCr) << 16) | (-GreenOfCb & 0xFFFF)).AsInt16();
        Vector256<int> half = Vector256.Create(HalfUnit);
        Vector256<int> lower = (Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(b, r), factors) + half) >> 16;
        Vector256<int> upper = (Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(b, r), factors) + half) >> 16;
        green = luma - r + Avx2.PackSignedSaturate(lower, upper);
    }

    private static Vector256<byte> Pack(Vector256<short> first, Vector256<short> second) =>
        Avx2.Permute4x64(Avx2.PackUnsignedSaturate(first, second).AsInt64(), 0b11_01_10_00).AsByte();

    private static byte Sample(int value) => (byte)Math.Clamp(value, 0, 255);
}
