using Cnn.Proto.Formats.Images;

namespace Cnn.Proto.Formats.Png;

/// <summary>
/// Grey levels of coloured PNG files as libpng's <c>png_set_rgb_to_gray</c> makes them with OpenCV's coefficients: 0.299
/// and 0.587 in units of 2^-15. Where the file says its gamma, the sum is one of light, not of levels.
/// </summary>
internal sealed class PngGamma
{
    /// <summary>The gamma of sRGB, in units of 1e-5.</summary>
    public const int OfStandard = 45455;

    private const int Unit = 100000, Red = 9797, Green = 19234, Blue = 32768 - Red - Green, Half = 1 << 14;

    private readonly byte[] light = new byte[256];
    private readonly byte[] level = new byte[256];
    private int built;

    /// <summary>The gamma of the file, in units of 1e-5; 0 where it says none.</summary>
    public int Value { get; set; }

    // libpng takes what is nearer to 1 for 1.
    private bool Matters => Value is > 0 and (< 95000 or > 105000);

    /// <summary>Returns the grey level of a colour of 8 bits.</summary>
    public byte Grey(int red, int green, int blue)
    {
        if (red == green && red == blue)
        {
            return (byte)red;
        }

        if (!Matters)
        {
            return (byte)(((Red * red) + (Green * green) + (Blue * blue)) >> 15);
        }

        Build();
        return level[((Red * light[red]) + (Green * light[green]) + (Blue * light[blue]) + Half) >> 15];
    }

    /// <summary>Returns the upper half of the grey level of a colour of 16 bits.</summary>
    public static byte GreyOf16(int red, int green, int blue) =>
        (byte)((((Red * (long)red) + (Green * (long)green) + (Blue * (long)blue) + Half) >> 15) >> 8);

    private void Build()
    {
        if (built == Value)
        {
            return;
        }

        built = Value;
        double toLight = Reciprocal(Value) / (double)Unit, toLevel = Reciprocal(Reciprocal(Value)) / (double)Unit;
        for (int i = 0; i < 256; i++)
        {
            light[i] = Power(i, toLight);
            level[i] = Power(i, toLevel);
        }
    }

    private static byte Power(int value, double exponent) =>
        (byte)Math.Floor((255 * Math.Pow(value / 255.0, exponent)) + 0.5);

    private static int Reciprocal(int value) => (int)Math.Floor((1E10 / value) + 0.5);
}
