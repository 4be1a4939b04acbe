using Cnn.Proto.Formats.Images;
using SkiaSharp;

namespace Cnn.Tests.Proto.Formats.Images;

/// <summary>WebP files made for tests.</summary>
internal static class WebPFiles
{
    /// <summary>Encodes an image of three channels or four; without loss where the quality is 100.</summary>
    public static byte[] Encode(PlanarImage image, int quality)
    {
        using var bitmap = new SKBitmap(
            image.Width, image.Height, SKColorType.Bgra8888,
            image.Channels == 4 ? SKAlphaType.Unpremul : SKAlphaType.Opaque);
        Span<byte> pixels = bitmap.GetPixelSpan();
        pixels.Fill(255);
        for (int c = 0; c < image.Channels; c++)
        {
            for (int i = 0; i < image.Height * image.Width; i++)
            {
                pixels[(4 * i) + c] = image.Plane(c)[i];
            }
        }

        var options = new SKWebpEncoderOptions(
            quality == 100 ? SKWebpEncoderCompression.Lossless : SKWebpEncoderCompression.Lossy, quality);
        using SKPixmap pixmap = bitmap.PeekPixels();
        return pixmap.Encode(options)!.ToArray();
    }
}
