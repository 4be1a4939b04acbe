namespace Cnn.Proto.Formats.Images;

/// <summary>
/// Decodes image files into the pixels that OpenCV's <c>imread</c> gives for them. It keeps its buffers, so that
/// images of one size cost no allocation after the first; each thread has its own.
/// </summary>
public sealed class ImageDecoder : IDisposable
{
    private readonly SkiaImage _skia = new();
    private readonly PlanarImage _turned = new();

    /// <summary>Decodes one file.</summary>
    /// <param name="file">The file's content: JPEG, PNG, BMP or WebP.</param>
    /// <param name="color">Which channels are wanted.</param>
    /// <param name="to">Takes size and pixels.</param>
    /// <exception cref="CnnException">
    /// The file is no image, damaged, ends early, or is of a format that is not decoded.
    /// </exception>
    public void Decode(ReadOnlySpan<byte> file, ImageColor color, PlanarImage to)
    {
        ImageFormat format = Require(file);
        PngHeader png = format == ImageFormat.Png ? PngHeader.Read(file) : default;
        if (color == ImageColor.Stored && png.Depth == 16)
        {
            throw ImageMessages.SixteenBits();
        }

        _skia.Decode(file, format);
        ImageOrientation turn = color == ImageColor.Stored ? ImageOrientation.Upright : _skia.Orientation;
        PlanarImage first = turn == ImageOrientation.Upright ? to : _turned;
        switch (color)
        {
            case ImageColor.Grey:
                _skia.CopyGrey(first, format);
                break;
            case ImageColor.Colour:
                _skia.CopyChannels(3, first);
                break;
            default:
                _skia.CopyChannels(format == ImageFormat.Png ? png.StoredChannels : _skia.StoredChannels, first);
                break;
        }

        if (turn != ImageOrientation.Upright)
        {
            Turning.Turn(first, turn, to);
        }
    }

    /// <summary>
    /// Returns the size of the image that <see cref="Decode"/> would give, from the header alone; false where the
    /// header is damaged or of a format that is not decoded.
    /// </summary>
    public static bool TryReadSize(
        ReadOnlySpan<byte> file, ImageColor color, out int channels, out int height, out int width)
    {
        (channels, height, width) = (0, 0, 0);
        ImageFormat format = ImageFormats.Of(file);
        if (format is ImageFormat.Unknown or ImageFormat.Gif or ImageFormat.Tiff)
        {
            return false;
        }

        if (!SkiaImage.TryReadHeader(file, out height, out width, out int stored, out ImageOrientation turn)
            || !ImageLimits.Allow(height, width))
        {
            return false;
        }

        if (format == ImageFormat.Png && PngHeader.TryRead(file, out PngHeader png))
        {
            stored = png.StoredChannels;
        }

        channels = color switch { ImageColor.Grey => 1, ImageColor.Colour => 3, _ => stored };
        if (color != ImageColor.Stored && turn.SwapsSides())
        {
            (height, width) = (width, height);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _skia.Dispose();

    private static ImageFormat Require(ReadOnlySpan<byte> file) => ImageFormats.Of(file) switch
    {
        _ when file.IsEmpty => throw ImageMessages.Empty(),
        ImageFormat.Unknown => throw ImageMessages.NotAnImage(),
        ImageFormat.Gif => throw ImageMessages.NotDecoded("GIF"),
        ImageFormat.Tiff => throw ImageMessages.NotDecoded("TIFF"),
        ImageFormat format => format,
    };
}
