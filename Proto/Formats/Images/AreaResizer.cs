using System.Buffers;

namespace Cnn.Proto.Formats.Images;

/// <summary>Shrinks images: each pixel is the mean of the area that it covers, as OpenCV's INTER_AREA has it.</summary>
internal static class AreaResizer
{
    // Shares of a pixel that are less are left out.
    private const double Least = 1e-3;

    /// <summary>Shrinks an image; the target has its size already, and is not larger on either axis.</summary>
    public static void Resize(PlanarImage from, PlanarImage to)
    {
        double across = 1 / ((double)to.Width / from.Width), down = 1 / ((double)to.Height / from.Height);
        float[] rows = ArrayPool<float>.Shared.Rent(checked(from.Height * to.Width));
        for (int c = 0; c < from.Channels; c++)
        {
            for (int y = 0; y < from.Height; y++)
            {
                ReadOnlySpan<byte> row = from.Plane(c).Slice(y * from.Width, from.Width);
                for (int x = 0; x < to.Width; x++)
                {
                    var (first, end) = Cell(x, across, from.Width);
                    float sum = 0;
                    for (int i = first; i < end; i++)
                    {
                        sum += row[i] * Share(x, i, across, from.Width);
                    }

                    rows[(y * to.Width) + x] = sum;
                }
            }

            for (int y = 0; y < to.Height; y++)
            {
                var (first, end) = Cell(y, down, from.Height);
                Span<byte> row = to.Plane(c).Slice(y * to.Width, to.Width);
                for (int x = 0; x < to.Width; x++)
                {
                    float sum = 0;
                    for (int i = first; i < end; i++)
                    {
                        sum += rows[(i * to.Width) + x] * Share(y, i, down, from.Height);
                    }

                    row[x] = (byte)Math.Clamp(MathF.Round(sum, MidpointRounding.ToEven), 0, 255);
                }
            }
        }

        ArrayPool<float>.Shared.Return(rows);
    }

    // The pixels of the source that a pixel of the target touches.
    private static (int First, int End) Cell(int place, double scale, int size)
    {
        int first = (int)Math.Floor((place * scale) + Least);
        int end = (int)Math.Ceiling(((place + 1) * scale) - Least);
        return (Math.Min(first, size - 1), Math.Clamp(end, first + 1, size));
    }

    private static float Share(int place, int pixel, double scale, int size)
    {
        double start = place * scale, end = Math.Min((place + 1) * scale, size);
        double shared = Math.Min(end, pixel + 1) - Math.Max(start, pixel);
        return (float)(Math.Min(shared, 1) / (end - start));
    }
}
