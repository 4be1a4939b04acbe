using Cnn.Proto.Formats.Images;
using SkiaSharp;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>Small images in each format, of our writers and of Skia.</summary>
internal static class ImageSeeds
{
    /// <summary>
    /// JPEG files: sequential with sampled colour, in grey, turned by Exif, and with restarts left to damage.
    /// </summary>
    public static IEnumerable<byte[]> Jpegs()
    {
        byte[] colour = ImageEncoder.EncodeJpeg(Image(3, 9, 17), 80);
        yield return colour;
        yield return ImageEncoder.EncodeJpeg(Image(1, 8, 8), 95);
        byte[] turn =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0,
                0,
        ];
        yield return [.. colour.AsSpan(0, 2), .. turn, .. colour.AsSpan(2)];
    }

    /// <summary>PNG files of each colour type that our writers and Skia have.</summary>
    public static IEnumerable<byte[]> Pngs()
    {
        yield return ImageEncoder.Encode(Image(3, 5, 7), "png");
        yield return ImageEncoder.Encode(Image(1, 4, 4), "png");
        yield return ImageEncoder.Encode(Image(4, 3, 3), "png");
    }

    /// <summary>BMP files.</summary>
    public static IEnumerable<byte[]> Bmps()
    {
        yield return ImageEncoder.Encode(Image(3, 4, 5), "bmp");
        yield return ImageEncoder.Encode(Image(1, 3, 3), "bmp");
    }

    /// <summary>WebP files, with loss and without.</summary>
    public static IEnumerable<byte[]> WebPs()
    {
        foreach (SKWebpEncoderCompression compression in Enum.GetValues<SKWebpEncoderCompression>())
        {
            using var bitmap = new SKBitmap(9, 7, SKColorType.Bgra8888, SKAlphaType.Unpremul);
            Span<byte> pixels = bitmap.GetPixelSpan();
            for (int i = 0; i < pixels.Length; i++)
            {
                pixels[i] = (byte)(37 * i);
            }

            using SKPixmap pixmap = bitmap.PeekPixels();
            using SKData data = pixmap.Encode(new SKWebpEncoderOptions(compression, 80))!;
            yield return data.ToArray();
        }
    }

    private static PlanarImage Image(int channels, int height, int width)
    {
        var image = new PlanarImage();
        image.SetSize(channels, height, width);
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = (byte)((i * 29) ^ (i >> 2));
        }

        return image;
    }
}
