using System.Buffers.Binary;
using Cnn.Proto.Formats.Images;

namespace Cnn.Proto.Formats.Png;

/// <summary>
/// Makes planes of blue, green, red and alpha, or of grey, of the rows of a PNG image, as OpenCV does: samples of 16
/// bits lose the lower half, alpha is left out and not blended.
/// </summary>
internal static class PngPixels
{
    /// <summary>Writes the pixels.</summary>
    public static void Write(PngImage image, ImageColor color, PlanarImage to)
    {
        PngHeader header = image.Header;
        to.SetSize(
            color switch { ImageColor.Grey => 1, ImageColor.Colour => 3, _ => image.StoredChannels }, header.Height,
            header.Width);
        ReadOnlySpan<byte> left = image.Rows;
        foreach (PngPass pass in PngPass.Of(header))
        {
            int columns = pass.Columns(header), length = header.RowBytes(columns);
            for (int y = 0, count = pass.Rows(header); y < count; y++, left = left[(length + 1)..])
            {
                int at = ((pass.Y + (y * pass.StepY)) * header.Width) + pass.X;
                Row(image, left.Slice(1, length), columns, at, pass.StepX, to);
            }
        }
    }

    private static void Row(PngImage image, ReadOnlySpan<byte> row, int columns, int at, int step, PlanarImage to)
    {
        bool isPlain = image.Header.Depth == 8 && step == 1;
        switch (image.Header.Color)
        {
            case PngColor.Grey or PngColor.GreyAlpha:
                Grey(image, row, columns, at, step, to);
                break;
            case PngColor.Palette:
                Palette(image, row, columns, at, step, to);
                break;
            case PngColor.Colour or PngColor.ColourAlpha when isPlain && to.Channels == 3:
                Colours(row, image.Header.Samples, columns, at, to);
                break;
            case PngColor.Colour or PngColor.ColourAlpha when to.Channels == 1:
                GreyOfColours(image, row, columns, at, step, to);
                break;
            default:
                Colours(image, row, columns, at, step, to);
                break;
        }
    }

    private static void Grey(PngImage image, ReadOnlySpan<byte> row, int columns, int at, int step, PlanarImage to)
    {
        int depth = image.Header.Depth, samples = image.Header.Samples;
        for (int x = 0; x < columns; x++, at += step)
        {
            byte value = depth switch
            {
                8 => row[x * samples],
                16 => row[x * samples * 2],
                _ => (byte)(Bits(row, depth, x) * 255 / ((1 << depth) - 1)),
            };
            for (int c = 0; c < Math.Min(to.Channels, 3); c++)
            {
                to.Plane(c)[at] = value;
            }

            if (to.Channels == 4)
            {
                to.Plane(3)[at] = row[(x * samples) + 1];
            }
        }
    }

    private static void Palette(PngImage image, ReadOnlySpan<byte> row, int columns, int at, int step, PlanarImage to)
    {
        for (int x = 0; x < columns; x++, at += step)
        {
            int number = image.Header.Depth == 8 ? row[x] : Bits(row, image.Header.Depth, x);
            ReadOnlySpan<byte> color = image.Palette.Color(number);
            if (to.Channels == 1)
            {
                to.Pixels[at] = image.Gamma.Grey(color[0], color[1], color[2]);
            }
            else
            {
                Put(to, at, color[0], color[1], color[2], image.Palette.Alpha(number));
            }
        }
    }

    // Colours of 8 bits in a row without gaps.
    private static void Colours(ReadOnlySpan<byte> row, int samples, int columns, int at, PlanarImage to)
    {
        Span<byte> blue = to.Plane(0).Slice(at, columns), green = to.Plane(1).Slice(at, columns);
        Span<byte> red = to.Plane(2).Slice(at, columns);
        for (int x = 0; x < red.Length; x++, row = row[samples..])
        {
            (red[x], green[x], blue[x]) = (row[0], row[1], row[2]);
        }
    }

    private static void Colours(PngImage image, ReadOnlySpan<byte> row, int columns, int at, int step, PlanarImage to)
    {
        int bytes = image.Header.Depth / 8, samples = image.Header.Samples;
        for (int x = 0; x < columns; x++, at += step)
        {
            ReadOnlySpan<byte> pixel = row.Slice(x * samples * bytes, samples * bytes);
            byte red = pixel[0], green = pixel[bytes], blue = pixel[2 * bytes];
            Put(to, at, red, green, blue, samples == 4 ? pixel[3 * bytes] : image.Palette.Alpha(red, green, blue));
        }
    }

    private static void GreyOfColours(
        PngImage image, ReadOnlySpan<byte> row, int columns, int at, int step, PlanarImage to)
    {
        int bytes = image.Header.Depth / 8, samples = image.Header.Samples;
        Span<byte> plane = to.Pixels;
        for (int x = 0; x < columns; x++, at += step)
        {
            ReadOnlySpan<byte> pixel = row.Slice(x * samples * bytes, samples * bytes);
            plane[at] = bytes == 1
                ? image.Gamma.Grey(pixel[0], pixel[1], pixel[2])
                : image.Gamma.GreyOf16(
                    BinaryPrimitives.ReadUInt16BigEndian(pixel), BinaryPrimitives.ReadUInt16BigEndian(pixel[2..]),
                    BinaryPrimitives.ReadUInt16BigEndian(pixel[4..]));
        }
    }

    private static void Put(PlanarImage to, int at, byte red, byte green, byte blue, byte alpha)
    {
        (to.Plane(0)[at], to.Plane(1)[at], to.Plane(2)[at]) = (blue, green, red);
        if (to.Channels == 4)
        {
            to.Plane(3)[at] = alpha;
        }
    }

    private static int Bits(ReadOnlySpan<byte> row, int depth, int x)
    {
        int bit = x * depth;
        return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }
}
