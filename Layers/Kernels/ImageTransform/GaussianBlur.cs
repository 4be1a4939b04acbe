using System.Buffers;

namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// Blurs a plane of bytes by a Gaussian of 7 x 7 with a standard deviation of 1.5, the plane mirrored about its
/// outermost pixels.
/// </summary>
internal static class GaussianBlur
{
    private const int Radius = 3;
    private const double Sigma = 1.5;

    /// <summary>Blurs in place.</summary>
    /// <param name="plane">The plane, [H, W].</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    public static void Run(Span<byte> plane, int height, int width)
    {
        Span<float> weights = stackalloc float[Radius + 1];
        Weigh(weights);
        float[] rows = ArrayPool<float>.Shared.Rent(plane.Length);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = plane.Slice(y * width, width);
            for (int x = 0; x < width; x++)
            {
                float sum = weights[0] * row[x];
                for (int k = 1; k <= Radius; k++)
                {
                    sum += weights[k] * (row[BytePadding.Mirror(x - k, width)] + row[BytePadding.Mirror(x + k, width)]);
                }

                rows[(y * width) + x] = sum;
            }
        }

        for (int y = 0; y < height; y++)
        {
            Span<byte> row = plane.Slice(y * width, width);
            for (int x = 0; x < width; x++)
            {
                float sum = weights[0] * rows[(y * width) + x];
                for (int k = 1; k <= Radius; k++)
                {
                    sum += weights[k] * (rows[(BytePadding.Mirror(y - k, height) * width) + x]
                        + rows[(BytePadding.Mirror(y + k, height) * width) + x]);
                }

                row[x] = (byte)Math.Clamp(MathF.Round(sum, MidpointRounding.ToEven), 0, 255);
            }
        }

        ArrayPool<float>.Shared.Return(rows);
    }

    private static void Weigh(Span<float> weights)
    {
        double sum = 1;
        for (int k = 1; k <= Radius; k++)
        {
            sum += 2 * Math.Exp(-k * k / (2 * Sigma * Sigma));
        }

        for (int k = 0; k <= Radius; k++)
        {
            weights[k] = (float)(Math.Exp(-k * k / (2 * Sigma * Sigma)) / sum);
        }
    }
}
