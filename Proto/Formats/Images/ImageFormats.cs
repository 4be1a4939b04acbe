namespace Cnn.Proto.Formats.Images;

/// <summary>Tells the format of an image file by its first bytes, as OpenCV does; the name plays no part.</summary>
internal static class ImageFormats
{
    /// <summary>Returns the format of a file.</summary>
    public static ImageFormat Of(ReadOnlySpan<byte> file) => file switch
    {
        [0xFF, 0xD8, 0xFF, ..] => ImageFormat.Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => ImageFormat.Png,
        [(byte)'B', (byte)'M', ..] => ImageFormat.Bmp,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] =>
            ImageFormat.WebP,
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => ImageFormat.Gif,
        [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => ImageFormat.Tiff,
        _ => ImageFormat.Unknown,
    };
}
