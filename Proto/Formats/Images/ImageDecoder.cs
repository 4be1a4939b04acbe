using Cnn.Proto.Formats.Jpeg;
using Cnn.Proto.Formats.Png;

namespace Cnn.Proto.Formats.Images;

/// <summary>
/// Decodes image files into the pixels that OpenCV's <c>imread</c> gives for them. It keeps its buffers, so that JPEG
/// files cost no allocation after the largest, and others little; each thread has its own.
/// </summary>
public sealed class ImageDecoder : IDisposable
{
    private readonly JpegDecoder jpeg = new();
    private readonly PngImage png = new();
    private readonly SkiaImage skia = new();
    private readonly PlanarImage turned = new();

    /// <summary>Decodes one file.</summary>
    /// <param name="file">The file's content: JPEG, PNG, BMP or WebP.</param>
    /// <param name="color">Which channels are wanted.</param>
    /// <param name="to">Takes size and pixels.</param>
    /// <exception cref="CnnException">
    /// The file is no image, damaged, ends early, or is of a format that is not decoded.
    /// </exception>
    public void Decode(ReadOnlySpan<byte> file, ImageColor color, PlanarImage to)
    {
        ImageFormat format = ImageHeader.RequireFormat(file);
        try
        {
            DecodeUpright(file, format, color, to);
        }
        catch (OutOfMemoryException exception)
        {
            throw new CnnException("there is not enough memory for its pixels", inner: exception)
            {
                IsOfTheMachine = true,
            };
        }
    }

    private void DecodeUpright(ReadOnlySpan<byte> file, ImageFormat format, ImageColor color, PlanarImage to)
    {
        ImageOrientation turn = Read(file, format, color);
        if (color == ImageColor.Stored || turn == ImageOrientation.Upright)
        {
            Write(format, color, to);
        }
        else
        {
            Write(format, color, turned);
            Turning.Turn(turned, turn, to);
        }
    }

    /// <summary>
    /// Returns the size of the image that <see cref="Decode"/> would give, from the header alone; false where the
    /// header is damaged or of an image that is not decoded so.
    /// </summary>
    public static bool TryReadSize(
        ReadOnlySpan<byte> file, ImageColor color, out int channels, out int height, out int width)
    {
        (channels, height, width) = (0, 0, 0);
        try
        {
            ImageHeader header = ImageHeader.Read(file);
            if (!ImageLimits.Allow(header.Height, header.Width) || (color == ImageColor.Stored && header.Depth == 16))
            {
                return false;
            }

            bool swaps = color != ImageColor.Stored && header.Orientation.SwapsSides();
            channels = color switch { ImageColor.Grey => 1, ImageColor.Colour => 3, _ => header.Channels };
            (height, width) = swaps ? (header.Width, header.Height) : (header.Height, header.Width);
            return true;
        }
        catch (CnnException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => skia.Dispose();

    private ImageOrientation Read(ReadOnlySpan<byte> file, ImageFormat format, ImageColor color)
    {
        switch (format)
        {
            case ImageFormat.Jpeg:
                jpeg.Read(file, color);
                return jpeg.Orientation;
            case ImageFormat.Png:
                png.Read(file);
                return color == ImageColor.Stored && png.Header.Depth == 16
                    ? throw ImageMessages.SixteenBits()
                    : png.Orientation;
            default:
                skia.Read(file, format);
                return skia.Header.Orientation;
        }
    }

    private void Write(ImageFormat format, ImageColor color, PlanarImage to)
    {
        switch (format)
        {
            case ImageFormat.Jpeg:
                jpeg.Write(color, to);
                break;
            case ImageFormat.Png:
                PngPixels.Write(png, color, to);
                break;
            default:
                skia.Write(color, to);
                break;
        }
    }
}
