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
        float[] across = Rent(from.Width, to.Width), down = Rent(from.Height, to.Height);
        float[] rows = ArrayPool<float>.Shared.Rent(checked(from.Height * to.Width));
        float[] sums = ArrayPool<float>.Shared.Rent(to.Width);
        Weigh(from.Width, to.Width, across);
        Weigh(from.Height, to.Height, down);
        for (int c = 0; c < from.Channels; c++)
        {
            for (int y = 0; y < from.Height; y++)
            {
                Across(
                    from.Plane(c).Slice(y * from.Width, from.Width), across, rows.AsSpan(y * to.Width, to.Width));
            }

            Down(rows, down, sums.AsSpan(0, to.Width), to.Plane(c));
        }

        ArrayPool<float>.Shared.Return(sums);
        ArrayPool<float>.Shared.Return(rows);
        ArrayPool<float>.Shared.Return(down);
        ArrayPool<float>.Shared.Return(across);
    }

    private static void Across(ReadOnlySpan<byte> row, ReadOnlySpan<float> table, Span<float> to)
    {
        for (int x = 0; x < to.Length; x++)
        {
            ReadOnlySpan<byte> pixels = row.Slice((int)table[0], (int)table[1]);
            ReadOnlySpan<float> weights = table.Slice(2, pixels.Length);
            float sum = 0;
            for (int i = 0; i < pixels.Length; i++)
            {
                sum += pixels[i] * weights[i];
            }

            to[x] = sum;
            table = table[(2 + pixels.Length)..];
        }
    }

    private static void Down(ReadOnlySpan<float> rows, ReadOnlySpan<float> table, Span<float> sums, Span<byte> to)
    {
        for (; to.Length > 0; to = to[sums.Length..])
        {
            int first = (int)table[0], count = (int)table[1];
            sums.Clear();
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<float> row = rows.Slice((first + i) * sums.Length, sums.Length);
                float weight = table[2 + i];
                for (int x = 0; x < sums.Length; x++)
                {
                    sums[x] += row[x] * weight;
                }
            }

            for (int x = 0; x < sums.Length; x++)
            {
                to[x] = (byte)Math.Clamp(MathF.Round(sums[x], MidpointRounding.ToEven), 0, 255);
            }

            table = table[(2 + count)..];
        }
    }

    // An entry has two numbers, and cells share at most the pixel between them.
    private static float[] Rent(int from, int to) => ArrayPool<float>.Shared.Rent(checked(from + (4 * to)));

    // For each pixel of the target the first one of the source that it touches, how many they are, and their weights.
    private static void Weigh(int from, int to, Span<float> table)
    {
        double scale = 1 / ((double)to / from);
        for (int x = 0; x < to; x++)
        {
            double start = x * scale, end = Math.Min((x + 1) * scale, from);
            int first = Math.Min((int)Math.Floor(start + Least), from - 1);
            int count = Math.Clamp((int)Math.Ceiling(end - Least), first + 1, from) - first;
            (table[0], table[1]) = (first, count);
            for (int i = 0; i < count; i++)
            {
                double shared = Math.Min(end, first + i + 1) - Math.Max(start, first + i);
                table[2 + i] = (float)(Math.Min(shared, 1) / (end - start));
            }

            table = table[(2 + count)..];
        }
    }
}
