using System.Numerics;

namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// What Caffe does to an image on its way into a net: out = (pixel - mean) * scale over a window, optionally flipped
/// left to right. The mean is read where the pixel is, before the flip.
/// </summary>
internal static unsafe class ImageTransformKernel
{
    /// <summary>The specification.</summary>
    /// <param name="source">Pixels [C, H, W].</param>
    /// <param name="window">The source's shape and the window.</param>
    /// <param name="mean">Means [C, H, W]; null for none.</param>
    /// <param name="channelMean">Means [C]; null for none.</param>
    /// <param name="scale">The factor.</param>
    /// <param name="mirror">Whether to flip.</param>
    /// <param name="target">Values [C, window height, window width].</param>
    public static void Reference(
        byte* source, in ImageWindow window, float* mean, float* channelMean, float scale, bool mirror, float* target)
    {
        for (int c = 0; c < window.Channels; c++)
        {
            for (int h = 0; h < window.WindowHeight; h++)
            {
                for (int w = 0; w < window.WindowWidth; w++)
                {
                    int from = window.Offset(c, h) + w;
                    int to = mirror ? window.WindowWidth - 1 - w : w;
                    float centre = mean != null ? mean[from] : channelMean != null ? channelMean[c] : 0;
                    target[(((c * window.WindowHeight) + h) * window.WindowWidth) + to] = (source[from] - centre) * scale;
                }
            }
        }
    }

    /// <summary>The same over bytes, a vector at a time; see <see cref="Reference"/>.</summary>
    public static void Run(
        byte* source, in ImageWindow window, float* mean, float* channelMean, float scale, bool mirror, float* target)
    {
        int width = window.WindowWidth;
        for (int c = 0; c < window.Channels; c++)
        {
            float centre = channelMean != null ? channelMean[c] : 0;
            for (int h = 0; h < window.WindowHeight; h++, target += width)
            {
                int from = window.Offset(c, h);
                Row(source + from, mean == null ? null : mean + from, centre, scale, target, width);
                if (mirror)
                {
                    new Span<float>(target, width).Reverse();
                }
            }
        }
    }

    /// <summary>The same over floats; see <see cref="Reference"/>.</summary>
    public static void Run(
        float* source, in ImageWindow window, float* mean, float* channelMean, float scale, bool mirror, float* target)
    {
        int width = window.WindowWidth;
        for (int c = 0; c < window.Channels; c++)
        {
            for (int h = 0; h < window.WindowHeight; h++, target += width)
            {
                int from = window.Offset(c, h);
                for (int w = 0; w < width; w++)
                {
                    float centre = mean != null ? mean[from + w] : channelMean != null ? channelMean[c] : 0;
                    target[mirror ? width - 1 - w : w] = (source[from + w] - centre) * scale;
                }
            }
        }
    }

    private static void Row(byte* source, float* mean, float centre, float scale, float* target, int width)
    {
        int w = 0;
        if (Vector.IsHardwareAccelerated)
        {
            int lanes = Vector<float>.Count;
            for (; w <= width - Vector<byte>.Count; w += Vector<byte>.Count)
            {
                Vector.Widen(*(Vector<byte>*)(source + w), out Vector<ushort> low, out Vector<ushort> high);
                Vector.Widen(low, out Vector<uint> a, out Vector<uint> b);
                Vector.Widen(high, out Vector<uint> c, out Vector<uint> d);
                Store(a, mean, centre, scale, target, w);
                Store(b, mean, centre, scale, target, w + lanes);
                Store(c, mean, centre, scale, target, w + (2 * lanes));
                Store(d, mean, centre, scale, target, w + (3 * lanes));
            }
        }

        for (; w < width; w++)
        {
            target[w] = (source[w] - (mean != null ? mean[w] : centre)) * scale;
        }
    }

    private static void Store(Vector<uint> pixels, float* mean, float centre, float scale, float* target, int at)
    {
        // Through int: unsigned to float has no instruction before AVX-512.
        Vector<float> values = Vector.ConvertToSingle(Vector.AsVectorInt32(pixels));
        Vector<float> means = mean != null ? *(Vector<float>*)(mean + at) : new Vector<float>(centre);
        *(Vector<float>*)(target + at) = (values - means) * scale;
    }
}
