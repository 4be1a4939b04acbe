using Cnn.Proto.Formats.Jpeg;
using Cnn.Proto.Formats.Png;

namespace Cnn.Proto.Formats.Images;

/// <summary>What an image file says of itself before its pixels.</summary>
/// <param name="Format">The format.</param>
/// <param name="Channels">The channels that OpenCV's unchanged mode gives.</param>
/// <param name="Height">The rows that are stored.</param>
/// <param name="Width">The columns that are stored.</param>
/// <param name="Orientation">How the image has to be turned.</param>
/// <param name="Depth">The bits of a channel: 8 but for PNG.</param>
internal readonly record struct ImageHeader(
    ImageFormat Format, int Channels, int Height, int Width, ImageOrientation Orientation, int Depth = 8)
{
    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="CnnException">It is damaged, or of a format that is not decoded.</exception>
    public static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        ImageFormat format = RequireFormat(file);
        if (format == ImageFormat.Jpeg)
        {
            JpegSize size = JpegSize.Read(file);
            return new(format, size.Components == 1 ? 1 : 3, size.Height, size.Width, size.Orientation);
        }

        if (format == ImageFormat.Png)
        {
            var png = new PngImage();
            png.ReadHeader(file);
            PngHeader header = png.Header;
            return new(format, png.StoredChannels, header.Height, header.Width, png.Orientation, header.Depth);
        }

        return SkiaImage.ReadHeader(file, format);
    }

    /// <summary>Returns the format of a file that is decoded.</summary>
    /// <exception cref="CnnException">It is none.</exception>
    public static ImageFormat RequireFormat(ReadOnlySpan<byte> file) => ImageFormats.Of(file) switch
    {
        _ when file.IsEmpty => throw ImageMessages.Empty(),
        ImageFormat.Unknown => throw ImageMessages.NotAnImage(),
        ImageFormat.Gif => throw ImageMessages.NotDecoded("GIF"),
        ImageFormat.Tiff => throw ImageMessages.NotDecoded("TIFF"),
        ImageFormat format => format,
    };
}
