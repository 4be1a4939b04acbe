namespace Cnn.Engine.Inspection;

/// <summary>
/// The colours of a scale of values. Their lightness changes evenly in Oklab (Ottosson, 2020), so that equal steps of a
/// value look equal, also to people who confuse hues and on paper without colour. The chroma is what screens can show.
/// </summary>
internal sealed class ColorMap
{
    private const int Size = 256;

    private readonly byte[] colors = new byte[Size * 3];

    private ColorMap(Func<float, (float Lightness, float Chroma, float Hue)> color)
    {
        for (int i = 0; i < Size; i++)
        {
            (float lightness, float chroma, float hue) = color(i / (Size - 1f));
            Write(lightness, chroma, hue, colors.AsSpan(i * 3, 3));
        }
    }

    private ColorMap()
    {
        for (int i = 0; i < colors.Length; i++)
        {
            colors[i] = (byte)(i / 3);
        }
    }

    /// <summary>From black to white, with the middle grey for zero.</summary>
    public static ColorMap Grey { get; } = new();

    /// <summary>From a dark violet over green to a light yellow, for values that begin somewhere.</summary>
    public static ColorMap Sequential { get; } =
        new(share => (0.22f + (0.72f * share), 0.088f + (0.09f * Cube(share)), 300 - (195 * share)))
        {
            ShareOfConstant = 0,
        };

    /// <summary>From blue over white to orange, for values on both sides of zero.</summary>
    public static ColorMap Diverging { get; } = new(share => Sides(share, 0.97f, 0.52f, 0.135f));

    /// <summary>The same for a dark ground: zero is dark.</summary>
    public static ColorMap DivergingOnDark { get; } = new(share => Sides(share, 0.24f, 0.76f, 0.125f));

    /// <summary>The share that values get which are all the same: their extent is no scale.</summary>
    public float ShareOfConstant { get; private init; } = 0.5f;

    /// <summary>Returns the colour of a share from 0 to 1 as blue, green, red; NaN counts as the middle.</summary>
    public ReadOnlySpan<byte> At(float share)
    {
        float place = float.IsNaN(share) ? 0.5f : Math.Clamp(share, 0, 1);
        return colors.AsSpan((int)MathF.Round(place * (Size - 1)) * 3, 3);
    }

    private static (float Lightness, float Chroma, float Hue) Sides(
        float share, float middle, float end, float chroma)
    {
        float far = Math.Abs((2 * share) - 1);
        return (middle + ((end - middle) * far), chroma * far, share < 0.5f ? 250 : 50);
    }

    private static void Write(float lightness, float chroma, float hue, Span<byte> to)
    {
        (float red, float green, float blue) = Linear(lightness, chroma, hue);
        (to[0], to[1], to[2]) = (Encode(blue), Encode(green), Encode(red));
    }

    // Oklab to linear sRGB, https://bottosson.github.io/posts/oklab/.
    private static (float Red, float Green, float Blue) Linear(float lightness, float chroma, float hue)
    {
        (float sin, float cos) = MathF.SinCos(hue * MathF.PI / 180);
        (float a, float b) = (chroma * cos, chroma * sin);
        float l = Cube(lightness + (0.3963377774f * a) + (0.2158037573f * b));
        float m = Cube(lightness - (0.1055613458f * a) - (0.0638541728f * b));
        float s = Cube(lightness - (0.0894841775f * a) - (1.2914855480f * b));
        return (
            (4.0767416621f * l) - (3.3077115913f * m) + (0.2309699292f * s),
            (-1.2684380046f * l) + (2.6097574011f * m) - (0.3413193965f * s),
            (-0.0041960863f * l) - (0.7034186147f * m) + (1.7076147010f * s));
    }

    private static float Cube(float value) => value * value * value;

    // The transfer function of sRGB, IEC 61966-2-1.
    private static byte Encode(float linear)
    {
        float value = linear <= 0.0031308f ? 12.92f * linear : (1.055f * MathF.Pow(linear, 1 / 2.4f)) - 0.055f;
        return (byte)Math.Clamp(MathF.Round(byte.MaxValue * value), 0, byte.MaxValue);
    }
}
