using SkiaSharp;

namespace Cnn.Proto.Formats.Images;

/// <summary>
/// One image as Skia decodes it: B, G, R, alpha interleaved, alpha not multiplied in, colour profiles and gamma ignored
/// (no colour space is asked for). Its buffer serves the next image.
/// </summary>
internal sealed unsafe class SkiaImage : IDisposable
{
    private byte[] _pixels = [];
    private int _height, _width;

    /// <summary>How the image has to be turned.</summary>
    public ImageOrientation Orientation { get; private set; }

    /// <summary>3, or 4 with alpha, or 1 for a grey image.</summary>
    public int StoredChannels { get; private set; }

    /// <summary>Decodes a file.</summary>
    /// <exception cref="CnnException">It is damaged, too large or ends early.</exception>
    public void Decode(ReadOnlySpan<byte> file, ImageFormat format)
    {
        string name = Name(format);
        fixed (byte* bytes = file)
        {
            using SKData data = SKData.Create((nint)bytes, file.Length);
            using SKCodec codec = SKCodec.Create(data) ?? throw ImageMessages.Damaged(name);
            SKImageInfo info = codec.Info;
            if (!ImageLimits.Allow(info.Height, info.Width))
            {
                throw ImageMessages.TooLarge(info.Width, info.Height);
            }

            (_height, _width) = (info.Height, info.Width);
            Orientation = (ImageOrientation)codec.EncodedOrigin;
            StoredChannels = Channels(info);
            int size = checked(_height * _width * 4);
            if (_pixels.Length < size)
            {
                _pixels = GC.AllocateUninitializedArray<byte>(size);
            }

            fixed (byte* pixels = _pixels)
            {
                var wanted = new SKImageInfo(_width, _height, SKColorType.Bgra8888, SKAlphaType.Unpremul);
                switch (codec.GetPixels(wanted, (nint)pixels, wanted.RowBytes, SKCodecOptions.Default))
                {
                    case SKCodecResult.Success:
                        break;
                    case SKCodecResult.IncompleteInput:
                        throw ImageMessages.EndsEarly(name);
                    default:
                        throw ImageMessages.Damaged(name);
                }
            }
        }
    }

    /// <summary>Reads the header of a file.</summary>
    public static bool TryReadHeader(
        ReadOnlySpan<byte> file, out int height, out int width, out int channels, out ImageOrientation orientation)
    {
        fixed (byte* bytes = file)
        {
            using SKData data = SKData.Create((nint)bytes, file.Length);
            using SKCodec? codec = SKCodec.Create(data);
            SKImageInfo info = codec?.Info ?? default;
            (height, width, channels) = (info.Height, info.Width, Channels(info));
            orientation = (ImageOrientation)(codec?.EncodedOrigin ?? SKEncodedOrigin.TopLeft);
            return codec is not null;
        }
    }

    /// <summary>Copies the first channels: 1 for an image that is grey, 3 for colour, 4 with alpha.</summary>
    public void CopyChannels(int channels, PlanarImage to)
    {
        to.SetSize(channels, _height, _width);
        int count = _height * _width;
        ReadOnlySpan<byte> from = _pixels.AsSpan(0, count * 4);
        for (int c = 0; c < channels; c++)
        {
            Span<byte> plane = to.Plane(c);
            for (int i = 0; i < plane.Length; i++)
            {
                plane[i] = from[(i * 4) + c];
            }
        }
    }

    /// <summary>Makes grey of the colours, by the format's own rule.</summary>
    public void CopyGrey(PlanarImage to, ImageFormat format)
    {
        to.SetSize(1, _height, _width);
        Span<byte> plane = to.Pixels;
        ReadOnlySpan<byte> from = _pixels.AsSpan(0, plane.Length * 4);
        for (int i = 0; i < plane.Length; i++)
        {
            ReadOnlySpan<byte> pixel = from.Slice(i * 4, 4);
            plane[i] = format == ImageFormat.Png
                ? GreyLevels.OfPng(pixel[0], pixel[1], pixel[2])
                : GreyLevels.Of(pixel[0], pixel[1], pixel[2]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pixels = [];

    private static int Channels(SKImageInfo info) =>
        info.ColorType == SKColorType.Gray8 ? 1 : info.AlphaType == SKAlphaType.Opaque ? 3 : 4;

    private static string Name(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "JPEG",
        ImageFormat.Png => "PNG",
        ImageFormat.Bmp => "BMP",
        _ => "WebP",
    };
}
