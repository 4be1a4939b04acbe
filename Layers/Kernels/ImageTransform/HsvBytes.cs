namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// Hue, saturation and value of 8 bits, as OpenCV has them: the hue from 0 to 179 for a whole turn, the others from 0
/// to 255.
/// </summary>
internal static class HsvBytes
{
    private const int Shift = 12;
    private const int Half = 1 << (Shift - 1);
    private const float Sixth = 30;

    /// <summary>Replaces blue, green and red by hue, saturation and value.</summary>
    public static void FromColor(Span<byte> blue, Span<byte> green, Span<byte> red)
    {
        Span<int> ofChroma = stackalloc int[ByteTable.Length], ofValue = stackalloc int[ByteTable.Length];
        for (int i = 0; i < ByteTable.Length; i++)
        {
            (ofChroma[i], ofValue[i]) = (Inverse(Sixth, i), Inverse(255, i));
        }

        for (int i = 0; i < blue.Length; i++)
        {
            int b = blue[i], g = green[i], r = red[i];
            int value = Math.Max(b, Math.Max(g, r)), chroma = value - Math.Min(b, Math.Min(g, r));
            int hue = value == r ? g - b : value == g ? b - r + (2 * chroma) : r - g + (4 * chroma);
            hue = ((hue * ofChroma[chroma]) + Half) >> Shift;
            blue[i] = (byte)(hue < 0 ? hue + 180 : hue);
            green[i] = (byte)(((chroma * ofValue[value]) + Half) >> Shift);
            red[i] = (byte)value;
        }
    }

    /// <summary>Replaces hue, saturation and value by blue, green and red. A hue of 180 or more begins again.</summary>
    public static void ToColor(Span<byte> hue, Span<byte> saturation, Span<byte> value)
    {
        for (int i = 0; i < hue.Length; i++)
        {
            float turn = hue[i] / Sixth, s = saturation[i] / 255f, v = value[i];
            int sector = (int)turn;
            float f = turn - sector;
            float none = v * (1 - s), falling = v * (1 - (s * f)), rising = v * (1 - (s * (1 - f)));
            var (b, g, r) = (sector % 6) switch
            {
                0 => (none, rising, v),
                1 => (none, v, falling),
                2 => (rising, v, none),
                3 => (v, falling, none),
                4 => (v, none, rising),
                _ => (falling, none, v),
            };
            (hue[i], saturation[i], value[i]) = (Round(b), Round(g), Round(r));
        }
    }

    private static int Inverse(float factor, int of) =>
        of == 0 ? 0 : (int)MathF.Round(factor * (1 << Shift) / of, MidpointRounding.ToEven);

    private static byte Round(float value) => (byte)MathF.Round(value, MidpointRounding.ToEven);
}
