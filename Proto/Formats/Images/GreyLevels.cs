namespace Cnn.Proto.Formats.Images;

/// <summary>Grey levels of colours as OpenCV computes them, which differ by the file's format.</summary>
internal static class GreyLevels
{
    /// <summary>
    /// 0.114 B + 0.587 G + 0.299 R in units of 2^-14, rounded: what OpenCV's decoders of BMP and CMYK do themselves.
    /// </summary>
    public static byte Of(int blue, int green, int red) =>
        (byte)(((blue * 1868) + (green * 9617) + (red * 4899) + (1 << 13)) >> 14);

    /// <summary>The same in units of 2^-15, rounded: OpenCV's <c>cvtColor</c>, which serves its WebP decoder.</summary>
    public static byte OfWebP(int blue, int green, int red) =>
        (byte)(((blue * 3735) + (green * 19235) + (red * 9798) + (1 << 14)) >> 15);
}
