namespace Cnn.Proto.Formats.Png;

/// <summary>
/// Grey levels of coloured PNG files as libpng's <c>png_set_rgb_to_gray</c> makes them with OpenCV's coefficients:
/// 0.299 and 0.587 in units of 2^-15. Where the file says its gamma, the sum is one of light, not of levels.
/// </summary>
internal sealed class PngGamma
{
    /// <summary>The gamma of sRGB, in units of 1e-5.</summary>
    public const int OfStandard = 45455;

    private const int Unit = 100000, Red = 9797, Green = 19234, Blue = 32768 - Red - Green, Half = 1 << 14;

    // Samples of 16 bits are looked up by the upper ones.
    private const int Lost = 5, DeepLevels = 1 << (16 - Lost);

    private readonly byte[] light = new byte[256], level = new byte[256];
    private readonly ushort[] deepLight = new ushort[DeepLevels], deepLevel = new ushort[DeepLevels];
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
    public byte GreyOf16(int red, int green, int blue)
    {
        if (!Matters)
        {
            return (byte)(Sum(red, green, blue) >> 8);
        }

        if (red == green && red == blue)
        {
            return Nearest(red >> Lost);
        }

        Build();
        return (byte)(deepLevel[
            Sum(deepLight[red >> Lost], deepLight[green >> Lost], deepLight[blue >> Lost]) >> Lost] >> 8);
    }

    private static int Sum(int red, int green, int blue) =>
        (int)(((Red * (long)red) + (Green * (long)green) + (Blue * (long)blue) + Half) >> 15);

    // The first of the 256 levels whose upper bound, in the units that are left, is not below a level.
    private static byte Nearest(int level)
    {
        int nearest = level >> (16 - Lost - 8);
        nearest -= nearest > 0 && level <= Bound(nearest - 1) ? 1 : 0;
        return (byte)(nearest < 255 && level > Bound(nearest) ? nearest + 1 : nearest);
    }

    private static int Bound(int level) => (int)(((((level * 257L) + 128) * (DeepLevels - 1)) + 32768) / 65535);

    private void Build()
    {
        if (built == Value)
        {
            return;
        }

        built = Value;
        double toLight = Reciprocal(Value) / (double)Unit, toLevel = Reciprocal(Reciprocal(Value)) / (double)Unit;
        for (int i = 0; i < light.Length; i++)
        {
            light[i] = (byte)Power(i, 255, 255, toLight);
            level[i] = (byte)Power(i, 255, 255, toLevel);
        }

        for (int i = 0; i < DeepLevels; i++)
        {
            deepLight[i] = (ushort)Power(i, DeepLevels - 1, 65535, toLight);
            deepLevel[i] = (ushort)Power(i, DeepLevels - 1, 65535, toLevel);
        }
    }

    private static double Power(int value, int most, int scale, double exponent) =>
        Math.Floor((scale * Math.Pow(value / (double)most, exponent)) + 0.5);

    private static int Reciprocal(int value) => (int)Math.Floor((1E10 / value) + 0.5);
}
