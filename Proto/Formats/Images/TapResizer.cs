using System.Buffers;

namespace Cnn.Proto.Formats.Images;

/// <summary>
/// Resizes images by separable filters with weights in units of 2^-11, as OpenCV does: half-pixel centres, the border
/// repeated, one rounding at the end.
/// </summary>
internal static class TapResizer
{
    private const int One = 1 << 11;
    private const int MostTaps = 8;

    /// <summary>Resizes an image; the target has its size already.</summary>
    public static void Resize(PlanarImage from, PlanarImage to, ImageInterpolation interpolation)
    {
        int taps = interpolation switch { ImageInterpolation.Area => 2, ImageInterpolation.Cubic => 4, _ => MostTaps };
        int[] across = ArrayPool<int>.Shared.Rent(to.Width * (taps + 1));
        int[] down = ArrayPool<int>.Shared.Rent(to.Height * (taps + 1));
        int[] rows = ArrayPool<int>.Shared.Rent(checked(from.Height * to.Width));
        Weigh(interpolation, taps, from.Width, to.Width, across);
        Weigh(interpolation, taps, from.Height, to.Height, down);
        for (int c = 0; c < from.Channels; c++)
        {
            Across(from.Plane(c), from.Height, from.Width, taps, across, rows, to.Width);
            Down(rows, from.Height, taps, down, to.Plane(c), to.Height, to.Width);
        }

        ArrayPool<int>.Shared.Return(rows);
        ArrayPool<int>.Shared.Return(down);
        ArrayPool<int>.Shared.Return(across);
    }

    private static void Across(
        ReadOnlySpan<byte> from, int height, int width, int taps, ReadOnlySpan<int> table, Span<int> to, int columns)
    {
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = from.Slice(y * width, width);
            for (int x = 0; x < columns; x++)
            {
                ReadOnlySpan<int> entry = table.Slice(x * (taps + 1), taps + 1);
                int first = entry[0];
                to[(y * columns) + x] = first >= 0 && first + taps <= width
                    ? Sum(entry[1..], row.Slice(first, taps))
                    : SumAtBorder(entry[1..], row, first);
            }
        }
    }

    private static int Sum(ReadOnlySpan<int> weights, ReadOnlySpan<byte> pixels)
    {
        int sum = 0;
        for (int k = 0; k < pixels.Length; k++)
        {
            sum += weights[k] * pixels[k];
        }

        return sum;
    }

    private static int SumAtBorder(ReadOnlySpan<int> weights, ReadOnlySpan<byte> row, int first)
    {
        int sum = 0;
        for (int k = 0; k < weights.Length; k++)
        {
            sum += weights[k] * row[Math.Clamp(first + k, 0, row.Length - 1)];
        }

        return sum;
    }

    private static void Down(
        ReadOnlySpan<int> from, int height, int taps, ReadOnlySpan<int> table, Span<byte> to, int rows, int width)
    {
        for (int y = 0; y < rows; y++)
        {
            ReadOnlySpan<int> entry = table.Slice(y * (taps + 1), taps + 1);
            for (int x = 0; x < width; x++)
            {
                long sum = One * One / 2;
                for (int k = 0; k < taps; k++)
                {
                    sum += (long)entry[k + 1] * from[(Math.Clamp(entry[0] + k, 0, height - 1) * width) + x];
                }

                to[(y * width) + x] = (byte)Math.Clamp(sum >> 22, 0, 255);
            }
        }
    }

    // For each pixel of the target the first one of the source, and the weights.
    private static void Weigh(ImageInterpolation interpolation, int taps, int from, int to, Span<int> table)
    {
        double scale = 1 / ((double)to / from), inverse = (double)to / from;
        Span<float> weights = stackalloc float[MostTaps];
        for (int i = 0; i < to; i++)
        {
            float at = (float)(((i + 0.5) * scale) - 0.5);
            int floor = (int)MathF.Floor(at);
            switch (interpolation)
            {
                case ImageInterpolation.Area:
                    floor = (int)Math.Floor(i * scale);
                    float share = (float)(i + 1 - ((floor + 1) * inverse));
                    share = share <= 0 ? 0 : share - MathF.Floor(share);
                    (weights[0], weights[1]) = (1 - share, share);
                    break;
                case ImageInterpolation.Cubic:
                    Cubic(at - floor, weights);
                    floor -= 1;
                    break;
                default:
                    Lanczos(at - floor, weights);
                    floor -= 3;
                    break;
            }

            table[i * (taps + 1)] = floor;
            for (int k = 0; k < taps; k++)
            {
                table[(i * (taps + 1)) + k + 1] = (int)MathF.Round(weights[k] * One, MidpointRounding.ToEven);
            }
        }
    }

    // Keys, "Cubic convolution interpolation for digital image processing", 1981, equation 4.
    private static void Cubic(float x, Span<float> weights)
    {
        const float A = -0.75f;
        weights[0] = Far(x + 1);
        weights[1] = Near(x);
        weights[2] = Near(1 - x);
        weights[3] = 1 - weights[0] - weights[1] - weights[2];

        static float Near(float t) => ((((A + 2) * t) - (A + 3)) * t * t) + 1;

        static float Far(float t) => (((((A * t) - (5 * A)) * t) + (8 * A)) * t) - (4 * A);
    }

    // sinc(t) sinc(t / 4) at the distances t, whose common factors go with the sum.
    private static void Lanczos(float x, Span<float> weights)
    {
        weights.Clear();
        if (x < 1e-7f)
        {
            weights[3] = 1;
            return;
        }

        double sum = 0;
        Span<double> values = stackalloc double[MostTaps];
        for (int k = 0; k < MostTaps; k++)
        {
            double t = x + 3 - k;
            values[k] = (k % 2 == 0 ? -1 : 1) * Math.Sin(t * Math.PI / 4) / (t * t);
            sum += values[k];
        }

        for (int k = 0; k < MostTaps; k++)
        {
            weights[k] = (float)(values[k] / sum);
        }
    }
}
