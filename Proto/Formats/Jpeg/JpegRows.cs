using Cnn.Proto.Formats.Images;

namespace Cnn.Proto.Formats.Jpeg;

/// <summary>Makes the pixels of an image of the samples of its components.</summary>
internal sealed unsafe class JpegRows
{
    private readonly Upsampler[] upsamplers = [new(), new(), new(), new()];
    private readonly PinnedBuffer<byte> ink = new();

    /// <summary>Says which components the pixels need.</summary>
    public static void Choose(JpegHeader header, ImageColor color)
    {
        bool lumaAlone = color == ImageColor.Grey && header.Color == JpegColor.YCbCr;
        foreach (JpegComponent component in header.Components)
        {
            component.IsWanted = !lumaAlone || component == header.Components[0];
        }
    }

    /// <summary>Returns the number of channels: grey stays grey where the stored ones are wanted.</summary>
    public static int Channels(JpegHeader header, ImageColor color) => color switch
    {
        ImageColor.Grey => 1,
        ImageColor.Stored when header.Color == JpegColor.Grey => 1,
        _ => 3,
    };

    /// <summary>Writes the pixels.</summary>
    public void Write(JpegHeader header, ImageColor color, PlanarImage to)
    {
        int width = header.Width, height = header.Height;
        for (int i = 0; i < header.Components.Length; i++)
        {
            if (header.Components[i].IsWanted)
            {
                upsamplers[i].Start(header.Components[i], header.Horizontal, header.Vertical);
            }
        }

        to.SetSize(Channels(header, color), height, width);
        nint plane = (nint)height * width;
        ink.Require(4 * width);
        fixed (byte* pixels = to.Pixels)
        {
            for (int y = 0; y < height; y++)
            {
                Row(header.Color, y, width, to.Channels == 1, plane, pixels + ((nint)y * width));
            }
        }
    }

    private void Row(JpegColor color, int y, int width, bool grey, nint plane, byte* to)
    {
        byte* first = upsamplers[0].Row(y);
        switch (color)
        {
            case JpegColor.Grey:
            case JpegColor.YCbCr when grey:
                for (int c = 0; c < (grey ? 1 : 3); c++)
                {
                    Copy(first, width, to + (c * plane));
                }

                break;
            case JpegColor.YCbCr:
                ColorConversion.YCbCr(
                    first, upsamplers[1].Row(y), upsamplers[2].Row(y), width, to, to + plane, to + (2 * plane));
                break;
            case JpegColor.Rgb when grey:
                ColorConversion.GreyOfRgb(first, upsamplers[1].Row(y), upsamplers[2].Row(y), width, to);
                break;
            case JpegColor.Rgb:
                Copy(upsamplers[2].Row(y), width, to);
                Copy(upsamplers[1].Row(y), width, to + plane);
                Copy(first, width, to + (2 * plane));
                break;
            default:
                Ink(color, y, width, grey, plane, to);
                break;
        }
    }

    private void Ink(JpegColor color, int y, int width, bool grey, nint plane, byte* to)
    {
        byte* c = ink.Start, m = c + width, yellow = m + width, black = yellow + width;
        for (int i = 0; i < 4; i++)
        {
            Copy(upsamplers[i].Row(y), width, c + (i * width));
        }

        if (color == JpegColor.Ycck)
        {
            ColorConversion.CmyOfYcc(c, m, yellow, width);
        }

        ColorConversion.RgbOfCmyk(c, m, yellow, black, width);
        if (grey)
        {
            ColorConversion.GreyOfCmyk(c, m, yellow, width, to);
            return;
        }

        Copy(yellow, width, to);
        Copy(m, width, to + plane);
        Copy(c, width, to + (2 * plane));
    }

    private static void Copy(byte* row, int width, byte* to) =>
        new ReadOnlySpan<byte>(row, width).CopyTo(new Span<byte>(to, width));
}
