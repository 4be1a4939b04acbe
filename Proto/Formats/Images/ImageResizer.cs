using System.Buffers;
using System.Runtime.Intrinsics;

namespace Cnn.Proto.Formats.Images;

/// <summary>
/// Resizes images as OpenCV's <c>resize</c> does by default (INTER_LINEAR): half-pixel centres, no antialiasing,
/// weights in units of 2^-11, and the mean of 2 x 2 pixels where both sides become exactly half. Equal to it to the
/// byte.
/// </summary>
public static unsafe class ImageResizer
{
    private const int One = 1 << 11;

    /// <summary>Resizes an image, [C, H, W] to [C, height, width].</summary>
    /// <exception cref="ArgumentException">Both are the same image.</exception>
    public static void Resize(PlanarImage from, int height, int width, PlanarImage to)
    {
        if (ReferenceEquals(from, to))
        {
            throw new ArgumentException("an image cannot be resized into itself", nameof(to));
        }

        to.SetSize(from.Channels, height, width);
        if (height == from.Height && width == from.Width)
        {
            from.Pixels.CopyTo(to.Pixels);
        }
        else if (height * 2L == from.Height && width * 2L == from.Width)
        {
            Halve(from, to);
        }
        else
        {
            Interpolate(from, to);
        }
    }

    /// <summary>Resizes an image in one of OpenCV's ways, [C, H, W] to [C, height, width].</summary>
    /// <exception cref="ArgumentException">Both are the same image.</exception>
    internal static void Resize(
        PlanarImage from, int height, int width, PlanarImage to, ImageInterpolation interpolation)
    {
        bool isSame = height == from.Height && width == from.Width;
        bool isHalf = height * 2L == from.Height && width * 2L == from.Width;
        if (interpolation == ImageInterpolation.Linear
            || isSame
            || (isHalf && interpolation == ImageInterpolation.Area))
        {
            Resize(from, height, width, to);
            return;
        }

        if (ReferenceEquals(from, to))
        {
            throw new ArgumentException("an image cannot be resized into itself", nameof(to));
        }

        to.SetSize(from.Channels, height, width);
        if (interpolation == ImageInterpolation.Nearest)
        {
            TakeNearest(from, to);
        }
        else if (interpolation == ImageInterpolation.Area && height <= from.Height && width <= from.Width)
        {
            AreaResizer.Resize(from, to);
        }
        else
        {
            TapResizer.Resize(from, to, interpolation);
        }
    }

    private static void TakeNearest(PlanarImage from, PlanarImage to)
    {
        double across = 1 / ((double)to.Width / from.Width), down = 1 / ((double)to.Height / from.Height);
        for (int c = 0; c < to.Channels; c++)
        {
            for (int y = 0; y < to.Height; y++)
            {
                int above = Math.Min((int)Math.Floor(y * down), from.Height - 1);
                ReadOnlySpan<byte> source = from.Plane(c).Slice(above * from.Width, from.Width);
                Span<byte> row = to.Plane(c).Slice(y * to.Width, to.Width);
                for (int x = 0; x < row.Length; x++)
                {
                    row[x] = source[Math.Min((int)Math.Floor(x * across), from.Width - 1)];
                }
            }
        }
    }

    private static void Halve(PlanarImage from, PlanarImage to)
    {
        for (int c = 0; c < to.Channels; c++)
        {
            for (int y = 0; y < to.Height; y++)
            {
                ReadOnlySpan<byte> upper = from.Plane(c).Slice(2 * y * from.Width, from.Width);
                ReadOnlySpan<byte> lower = from.Plane(c).Slice(((2 * y) + 1) * from.Width, from.Width);
                Span<byte> row = to.Plane(c).Slice(y * to.Width, to.Width);
                for (int x = 0; x < row.Length; x++)
                {
                    row[x] = (byte)((upper[2 * x] + upper[(2 * x) + 1] + lower[2 * x] + lower[(2 * x) + 1] + 2) >> 2);
                }
            }
        }
    }

    private static void Interpolate(PlanarImage from, PlanarImage to)
    {
        int width = to.Width;
        int[] scratch = ArrayPool<int>.Shared.Rent(6 * width);
        Span<int> first = scratch.AsSpan(0, width), second = scratch.AsSpan(width, width);
        Span<int> places = scratch.AsSpan(2 * width, width), nexts = scratch.AsSpan(3 * width, width);
        Span<int> weights = scratch.AsSpan(4 * width, 2 * width);
        double scale = 1 / ((double)width / from.Width);
        for (int x = 0; x < width; x++)
        {
            (places[x], float fraction) = Place(x, scale, from.Width);
            nexts[x] = Math.Min(places[x] + 1, from.Width - 1);
            (weights[2 * x], weights[(2 * x) + 1]) = (Weight(1 - fraction), Weight(fraction));
        }

        scale = 1 / ((double)to.Height / from.Height);
        for (int c = 0; c < to.Channels; c++)
        {
            int held = -1, heldNext = -1;
            for (int y = 0; y < to.Height; y++)
            {
                float at = (float)(((y + 0.5) * scale) - 0.5);
                int floor = (int)MathF.Floor(at);
                int upper = Math.Clamp(floor, 0, from.Height - 1), lower = Math.Clamp(floor + 1, 0, from.Height - 1);
                if (upper == heldNext)
                {
                    Span<int> other = first;
                    first = second;
                    second = other;
                    (held, heldNext) = (heldNext, -1);
                }

                Fill(from, c, upper, ref held, first, places, nexts, weights);
                Fill(from, c, lower, ref heldNext, second, places, nexts, weights);
                Blend(first, second, at - floor, to.Plane(c).Slice(y * width, width));
            }
        }

        ArrayPool<int>.Shared.Return(scratch);
    }

    private static void Fill(
        PlanarImage from, int channel, int row, ref int held, Span<int> to, ReadOnlySpan<int> places,
        ReadOnlySpan<int> nexts, ReadOnlySpan<int> weights)
    {
        if (held == row)
        {
            return;
        }

        held = row;
        fixed (byte* pixels = from.Plane(channel).Slice(row * from.Width, from.Width))
        {
            fixed (int* place = places, next = nexts, weight = weights, sum = to)
            {
                for (int x = 0; x < to.Length; x++)
                {
                    sum[x] = (pixels[place[x]] * weight[2 * x]) + (pixels[next[x]] * weight[(2 * x) + 1]);
                }
            }
        }
    }

    private static void Blend(ReadOnlySpan<int> upper, ReadOnlySpan<int> lower, float fraction, Span<byte> to)
    {
        int low = Weight(fraction), high = Weight(1 - fraction), x = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; x <= to.Length - 32; x += 32)
            {
                int next = x + 16;
                Vector256<ushort> first = Blend16(upper[x..], lower[x..], high, low);
                Vector256<ushort> second = Blend16(upper[next..], lower[next..], high, low);
                Vector256.Narrow(first, second).CopyTo(to[x..]);
            }
        }

        for (; x < to.Length; x++)
        {
            to[x] = (byte)((((high * (upper[x] >> 4)) >> 16) + ((low * (lower[x] >> 4)) >> 16) + 2) >> 2);
        }
    }

    private static Vector256<ushort> Blend16(ReadOnlySpan<int> upper, ReadOnlySpan<int> lower, int high, int low) =>
        Vector256.Narrow(Blend8(upper, lower, high, low), Blend8(upper[8..], lower[8..], high, low)).AsUInt16();

    private static Vector256<int> Blend8(ReadOnlySpan<int> upper, ReadOnlySpan<int> lower, int high, int low)
    {
        Vector256<int> above = ((Vector256.Create(upper) >> 4) * high) >> 16;
        Vector256<int> below = ((Vector256.Create(lower) >> 4) * low) >> 16;
        return (above + below + Vector256.Create(2)) >> 2;
    }

    private static (int Place, float Fraction) Place(int x, double scale, int size)
    {
        float at = (float)(((x + 0.5) * scale) - 0.5);
        int floor = (int)MathF.Floor(at);
        return floor < 0 ? (0, 0) : floor >= size - 1 ? (size - 1, 0) : (floor, at - floor);
    }

    private static int Weight(float fraction) => (int)MathF.Round(fraction * One, MidpointRounding.ToEven);
}
