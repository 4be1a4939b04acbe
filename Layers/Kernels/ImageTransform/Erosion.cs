using System.Buffers;

namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// Erodes a plane of bytes: each pixel becomes the least of itself and its four neighbours, of those inside the plane.
/// The cross is OpenCV's ellipse of 3 x 3.
/// </summary>
internal static class Erosion
{
    /// <summary>Erodes in place.</summary>
    /// <param name="plane">The plane, [H, W].</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    public static void Run(Span<byte> plane, int height, int width)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(plane.Length);
        Span<byte> old = rented.AsSpan(0, plane.Length);
        plane.CopyTo(old);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = old.Slice(y * width, width);
            Span<byte> to = plane.Slice(y * width, width);
            for (int x = 0; x < width - 1; x++)
            {
                to[x] = Math.Min(row[x], row[x + 1]);
            }

            for (int x = 1; x < width; x++)
            {
                to[x] = Math.Min(to[x], row[x - 1]);
            }

            Lower(to, y > 0 ? old.Slice((y - 1) * width, width) : row);
            Lower(to, y < height - 1 ? old.Slice((y + 1) * width, width) : row);
        }

        ArrayPool<byte>.Shared.Return(rented);
    }

    private static void Lower(Span<byte> row, ReadOnlySpan<byte> other)
    {
        for (int x = 0; x < row.Length; x++)
        {
            row[x] = Math.Min(row[x], other[x]);
        }
    }
}
