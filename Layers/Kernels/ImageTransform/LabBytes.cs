namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// CIE L*a*b* of colours of 8 bits, of sRGB's primaries and curve and the white D65: L* from 0 to 100, a* and b* around
/// 0, rounded to bytes. What is negative becomes 0, as in SSD's fork, which converts by way of floats.
/// </summary>
internal static class LabBytes
{
    private const float Linear = 0.008856f;

    /// <summary>Replaces blue, green and red by L*, a* and b*.</summary>
    public static void FromColor(Span<byte> blue, Span<byte> green, Span<byte> red)
    {
        Span<float> light = stackalloc float[ByteTable.Length];
        for (int i = 0; i < light.Length; i++)
        {
            double value = i / 255.0;
            light[i] = (float)(value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4));
        }

        for (int i = 0; i < blue.Length; i++)
        {
            float b = light[blue[i]], g = light[green[i]], r = light[red[i]];
            float x = Root(((0.412453f * r) + (0.357580f * g) + (0.180423f * b)) / 0.950456f);
            float luminance = (0.212671f * r) + (0.715160f * g) + (0.072169f * b);
            float y = Root(luminance);
            float z = Root(((0.019334f * r) + (0.119193f * g) + (0.950227f * b)) / 1.088754f);
            blue[i] = Round(luminance > Linear ? (116 * y) - 16 : 903.3f * luminance);
            green[i] = Round(500 * (x - y));
            red[i] = Round(200 * (y - z));
        }
    }

    private static float Root(float value) => value > Linear ? MathF.Cbrt(value) : (7.787f * value) + (16f / 116);

    private static byte Round(float value) =>
        (byte)Math.Clamp(MathF.Round(value, MidpointRounding.ToEven), 0, 255);
}
