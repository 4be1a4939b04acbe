using System.Globalization;
using Cnn.Engine.Classification;
using Cnn.Engine.Detection;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using SkiaSharp;

namespace Cnn.Runner.Reports;

/// <summary>An image with the boxes of the objects in it, and their classes and scores.</summary>
internal static class DetectionPicture
{
    private const float LeastLine = 2, LinesASide = 200, LeastText = 12, TextsASide = 30;

    private static readonly SKColor[] Colors =
    [
        new(0xE6, 0x19, 0x4B), new(0x3C, 0xB4, 0x4B), new(0x43, 0x63, 0xD8), new(0xF5, 0x82, 0x31),
        new(0x91, 0x1E, 0xB4), new(0x00, 0x80, 0x80), new(0xF0, 0x32, 0xE6), new(0x80, 0x80, 0x00),
    ];

    /// <summary>Writes the picture.</summary>
    /// <param name="path">The file to write; its name says PNG or JPEG.</param>
    /// <param name="content">The image file.</param>
    /// <param name="image">What was found in it.</param>
    /// <param name="labels">The names of the classes; null for none.</param>
    /// <exception cref="CnnException">The file cannot be written.</exception>
    public static void Save(string path, ReadOnlySpan<byte> content, ImageDetections image, ClassLabels? labels)
    {
        using var decoder = new ImageDecoder();
        var pixels = new PlanarImage();
        decoder.Decode(content, ImageColor.Colour, pixels);
        using var bitmap = new SKBitmap(pixels.Width, pixels.Height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        Copy(pixels, bitmap);
        using (var canvas = new SKCanvas(bitmap))
        {
            // The surest are drawn last, above the others.
            foreach (Detection detection in image.Detections.Reverse())
            {
                Draw(canvas, detection, labels, Math.Max(pixels.Width, pixels.Height));
            }
        }

        SKEncodedImageFormat format = Path.GetExtension(path).ToLowerInvariant() is ".jpg" or ".jpeg"
            ? SKEncodedImageFormat.Jpeg
            : SKEncodedImageFormat.Png;
        using SKData file = bitmap.Encode(format, quality: 95);
        byte[] bytes = file.ToArray();
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Copies an image of three channels into a bitmap of its size.</summary>
    internal static void Copy(PlanarImage from, SKBitmap to)
    {
        Span<byte> target = to.GetPixelSpan();
        ReadOnlySpan<byte> blue = from.Plane(0), green = from.Plane(1), red = from.Plane(2);
        for (int i = 0; i < blue.Length; i++)
        {
            int row = i / from.Width, at = (row * to.RowBytes) + (i % from.Width * 4);
            (target[at], target[at + 1], target[at + 2], target[at + 3]) = (blue[i], green[i], red[i], byte.MaxValue);
        }
    }

    private static void Draw(SKCanvas canvas, in Detection detection, ClassLabels? labels, int side)
    {
        SKColor color = Colors[detection.Label % Colors.Length];
        float line = Math.Max(LeastLine, side / LinesASide), size = Math.Max(LeastText, side / TextsASide);
        using var border = new SKPaint
        {
            Color = color, Style = SKPaintStyle.Stroke, StrokeWidth = line, IsAntialias = true,
        };
        canvas.DrawRect(
            detection.XMin, detection.YMin, detection.XMax - detection.XMin, detection.YMax - detection.YMin, border);
        string name = DetectionText.NameOf(detection, labels)
            ?? string.Create(CultureInfo.InvariantCulture, $"class {detection.Label}");
        string text = string.Create(CultureInfo.InvariantCulture, $"{name} {detection.Score:0.00}");
        using SKFont font = PictureStyle.Font(text, size);
        using var ground = new SKPaint { Color = color };
        using var ink = new SKPaint { Color = SKColors.White, IsAntialias = true };
        float x = Math.Max(0, detection.XMin), y = Math.Max(size * 1.25f, detection.YMin);
        canvas.DrawRect(x, y - (size * 1.25f), font.MeasureText(text) + (size * 0.5f), size * 1.25f, ground);
        canvas.DrawText(text, x + (size * 0.25f), y - (size * 0.3f), font, ink);
    }
}
