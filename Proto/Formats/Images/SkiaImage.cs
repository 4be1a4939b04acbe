using SkiaSharp;

namespace Cnn.Proto.Formats.Images;

/// <summary>
/// One image as Skia decodes it: B, G, R, alpha interleaved, alpha not multiplied in, colour profiles and gamma ignored
/// (no colour space is asked for). Its buffer serves the next image.
/// </summary>
internal sealed unsafe class SkiaImage : IDisposable
{
    private byte[] pixels = [];

    /// <summary>The header of the image that was read last.</summary>
    public ImageHeader Header { get; private set; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CnnException">It is damaged, too large or ends early.</exception>
    public void Read(ReadOnlySpan<byte> file, ImageFormat format)
    {
        fixed (byte* bytes = file)
        {
            using SKData data = SKData.Create((nint)bytes, file.Length);
            using SKCodec codec = SKCodec.Create(data) ?? throw ImageMessages.Damaged(format);
            Header = HeaderOf(file, codec, format);
            if (!ImageLimits.Allow(Header.Height, Header.Width))
            {
                throw ImageMessages.TooLarge(Header.Width, Header.Height);
            }

            if (!ImageLimits.Allow(Header.Height, Header.Width, file.Length, format))
            {
                throw ImageMessages.TooLarge(Header.Width, Header.Height, file.Length);
            }

            int size = checked(Header.Height * Header.Width * 4);
            if (pixels.Length < size)
            {
                pixels = GC.AllocateUninitializedArray<byte>(size);
            }

            Read(codec, format);
        }
    }

    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="CnnException">It is damaged.</exception>
    public static ImageHeader ReadHeader(ReadOnlySpan<byte> file, ImageFormat format)
    {
        fixed (byte* bytes = file)
        {
            using SKData data = SKData.Create((nint)bytes, file.Length);
            using SKCodec codec = SKCodec.Create(data) ?? throw ImageMessages.Damaged(format);
            return HeaderOf(file, codec, format);
        }
    }

    /// <summary>Writes the pixels of the image that was read last.</summary>
    public void Write(ImageColor color, PlanarImage to)
    {
        int channels = color switch { ImageColor.Grey => 1, ImageColor.Colour => 3, _ => Header.Channels };
        to.SetSize(channels, Header.Height, Header.Width);
        if (color == ImageColor.Grey)
        {
            WriteGrey(to.Pixels);
            return;
        }

        for (int c = 0; c < channels; c++)
        {
            Span<byte> plane = to.Plane(c);
            ReadOnlySpan<byte> from = pixels.AsSpan(0, plane.Length * 4);
            for (int i = 0; i < plane.Length; i++)
            {
                plane[i] = from[(i * 4) + c];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => pixels = [];

    private void Read(SKCodec codec, ImageFormat format)
    {
        fixed (byte* start = pixels)
        {
            var wanted = new SKImageInfo(Header.Width, Header.Height, SKColorType.Bgra8888, SKAlphaType.Unpremul);
            switch (codec.GetPixels(wanted, (nint)start, wanted.RowBytes, SKCodecOptions.Default))
            {
                case SKCodecResult.Success:
                    break;
                case SKCodecResult.IncompleteInput:
                    throw ImageMessages.EndsEarly(format);
                default:
                    throw ImageMessages.Damaged(format);
            }
        }
    }

    private void WriteGrey(Span<byte> to)
    {
        ReadOnlySpan<byte> from = pixels.AsSpan(0, to.Length * 4);
        for (int i = 0; i < to.Length; i++)
        {
            ReadOnlySpan<byte> pixel = from.Slice(i * 4, 4);
            to[i] = Header.Format switch
            {
                ImageFormat.WebP => GreyLevels.OfWebP(pixel[0], pixel[1], pixel[2]),
                _ => GreyLevels.Of(pixel[0], pixel[1], pixel[2]),
            };
        }
    }

    private static ImageHeader HeaderOf(ReadOnlySpan<byte> file, SKCodec codec, ImageFormat format)
    {
        SKImageInfo info = codec.Info;
        int channels = format == ImageFormat.Bmp ? BmpHeader.StoredChannels(file)
            : info.AlphaType == SKAlphaType.Opaque ? 3
            : 4;
        return new(format, channels, info.Height, info.Width, (ImageOrientation)codec.EncodedOrigin);
    }
}
