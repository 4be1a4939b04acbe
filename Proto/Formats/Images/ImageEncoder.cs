using SkiaSharp;

namespace Cnn.Proto.Formats.Images;

/// <summary>Writes images as files.</summary>
public static unsafe class ImageEncoder
{
    /// <summary>Encodes an image.</summary>
    /// <param name="image">1 channel, or 3 as B, G, R; PNG takes 4 with alpha too.</param>
    /// <param name="extension">
    /// jpg or jpeg (quality 95 and halved colour, as OpenCV writes by default), png or bmp; with or without a dot.
    /// </param>
    /// <returns>The file's content.</returns>
    /// <exception cref="CnnException">The extension or the number of channels is none that can be written.</exception>
    public static byte[] Encode(PlanarImage image, string extension) =>
        extension.TrimStart('.').ToLowerInvariant() switch
        {
            "jpg" or "jpeg" => Jpeg(Require(image, "JPEG", image.Channels is 1 or 3)),
            "png" => Png(Require(image, "PNG", image.Channels is 1 or 3 or 4)),
            "bmp" => BmpWriter.Write(Require(image, "BMP", image.Channels is 1 or 3)),
            _ => throw ImageMessages.NotEncoded(extension),
        };

    /// <summary>Encodes an image as JPEG.</summary>
    /// <param name="image">1 channel, or 3 as B, G, R.</param>
    /// <param name="quality">The quality, 0 to 100.</param>
    internal static byte[] EncodeJpeg(PlanarImage image, int quality) =>
        Jpeg(Require(image, "JPEG", image.Channels is 1 or 3), quality);

    private static PlanarImage Require(PlanarImage image, string format, bool fits) =>
        fits ? image : throw ImageMessages.Channels(format, image.Channels);

    private static byte[] Jpeg(PlanarImage image, int quality = 95) =>
        Encode(image, pixels => pixels.Encode(new SKJpegEncoderOptions(
        quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore)));

    private static byte[] Png(PlanarImage image) => Encode(image, pixels => pixels.Encode(new SKPngEncoderOptions(
        SKPngEncoderFilterFlags.AllFilters, 6)));

    private static byte[] Encode(PlanarImage image, Func<SKPixmap, SKData?> encode)
    {
        int depth = image.Channels == 1 ? 1 : 4;
        var pixels = new byte[image.Height * image.Width * depth];
        Interleave(image, depth, pixels);
        var info = new SKImageInfo(
            image.Width, image.Height, depth == 1 ? SKColorType.Gray8 : SKColorType.Bgra8888,
            image.Channels == 4 ? SKAlphaType.Unpremul : SKAlphaType.Opaque);
        fixed (byte* start = pixels)
        {
            using var pixmap = new SKPixmap(info, (nint)start, info.RowBytes);
            using SKData data = encode(pixmap) ?? throw new InvalidOperationException("Skia did not encode the image");
            return data.ToArray();
        }
    }

    private static void Interleave(PlanarImage image, int depth, Span<byte> to)
    {
        if (depth > image.Channels)
        {
            to.Fill(255);
        }

        for (int c = 0; c < image.Channels; c++)
        {
            ReadOnlySpan<byte> plane = image.Plane(c);
            for (int i = 0; i < plane.Length; i++)
            {
                to[(i * depth) + c] = plane[i];
            }
        }
    }
}
