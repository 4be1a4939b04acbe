using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// Resizes a window of an image, each value interpolated between the four pixels around it in the window; as OpenCV
/// places them and, like it, without smoothing before the image shrinks.
/// </summary>
internal static unsafe class WindowResize
{
    /// <summary>Computes the resized window pixel by pixel; this is the specification.</summary>
    /// <param name="source">Pixels [C, H, W], of bytes or floats.</param>
    /// <param name="channels">C.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="target">Values [C, rows, columns].</param>
    public static void Reference<T>(
        T* source, int channels, int height, int width, in ResizeAxis rows, in ResizeAxis columns, float* target)
        where T : unmanaged
    {
        for (int c = 0; c < channels; c++, source += height * width)
        {
            for (int y = 0; y < rows.Length; y++)
            {
                int top = rows.At(y, out float below), bottom = Math.Min(top + 1, rows.Count - 1);
                T* upper = source + ((rows.First + top) * width) + columns.First;
                T* lower = source + ((rows.First + bottom) * width) + columns.First;
                for (int x = 0; x < columns.Length; x++)
                {
                    int left = columns.At(x, out float beyond), right = Math.Min(left + 1, columns.Count - 1);
                    float first = Between(PixelRow.Pixel(upper + left), PixelRow.Pixel(lower + left), below);
                    float second = Between(PixelRow.Pixel(upper + right), PixelRow.Pixel(lower + right), below);
                    *target++ = Between(first, second, beyond);
                }
            }
        }
    }

    /// <summary>Returns how many values of scratch memory <see cref="Run"/> needs.</summary>
    public static int ScratchSize(in ResizeAxis columns) => checked((2 * columns.Length) + columns.Count + 1);

    /// <summary>
    /// Computes the same as <see cref="Reference"/>: between two rows a vector at a time, then along the row.
    /// </summary>
    public static void Run<T>(
        T* source, int channels, int height, int width, in ResizeAxis rows, in ResizeAxis columns, float* target,
        float* scratch)
        where T : unmanaged
    {
        KernelGuard.Array(source, channels, height, width);
        KernelGuard.Array(target, channels, rows.Length, columns.Length);
        KernelGuard.Array(scratch, ScratchSize(columns));
        KernelGuard.Size(height - rows.First - rows.Count, "the rows below the window");
        KernelGuard.Size(width - columns.First - columns.Count, "the columns to the right of the window");
        var lefts = (int*)scratch;
        float* shares = scratch + columns.Length, row = shares + columns.Length;
        for (int x = 0; x < columns.Length; x++)
        {
            lefts[x] = columns.At(x, out shares[x]);
        }

        for (int c = 0; c < channels; c++, source += height * width)
        {
            for (int y = 0; y < rows.Length; y++, target += columns.Length)
            {
                int top = rows.At(y, out float below), bottom = Math.Min(top + 1, rows.Count - 1);
                T* upper = source + ((rows.First + top) * width) + columns.First;
                T* lower = source + ((rows.First + bottom) * width) + columns.First;
                Blend(upper, lower, below, row, columns.Count);
                for (int x = 0; x < columns.Length; x++)
                {
                    float* at = row + lefts[x];
                    target[x] = Between(at[0], at[1], shares[x]);
                }
            }
        }
    }

    // The row's last value is there twice, as its own neighbour.
    private static void Blend<T>(T* upper, T* lower, float below, float* row, int count)
        where T : unmanaged
    {
        for (int x = 0; x < count; x += Lanes.Width)
        {
            Vector512<float> first = PixelRow.Load(upper + x, count - x), second = PixelRow.Load(lower + x, count - x);
            Lanes.Store(first + (below * (second - first)), row + x, count - x);
        }

        row[count] = row[count - 1];
    }

    private static float Between(float first, float second, float share) => first + (share * (second - first));
}
