using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// Caffe's transformation of an input image: out = (pixel - mean) * scale over a window, optionally flipped left to
/// right. The mean is read at the pixel's position before the flip.
/// </summary>
internal static unsafe class ImageTransformKernel
{
    /// <summary>Computes the transformation pixel by pixel; this is the specification.</summary>
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
                    float* row = target + (((c * window.WindowHeight) + h) * window.WindowWidth);
                    row[to] = (source[from] - centre) * scale;
                }
            }
        }
    }

    /// <summary>Computes the same as <see cref="Reference"/> over bytes, a vector at a time.</summary>
    public static void Run(
        byte* source, in ImageWindow window, float* mean, float* channelMean, float scale, bool mirror, float* target)
    {
        Require(source, window, mean, channelMean, target);
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

    /// <summary>Computes the same as <see cref="Reference"/> over floats, a vector at a time.</summary>
    public static void Run(
        float* source, in ImageWindow window, float* mean, float* channelMean, float scale, bool mirror, float* target)
    {
        Require(source, window, mean, channelMean, target);
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

    [Conditional("DEBUG")]
    private static void Require<T>(T* source, in ImageWindow window, float* mean, float* channelMean, float* target)
        where T : unmanaged
    {
        KernelGuard.Array(source, window.Channels, window.Height, window.Width);
        KernelGuard.ArrayOrNull(mean, window.Channels, window.Height, window.Width);
        KernelGuard.ArrayOrNull(channelMean, window.Channels);
        KernelGuard.Array(target, window.Channels, window.WindowHeight, window.WindowWidth);
        KernelGuard.Size(window.Top);
        KernelGuard.Size(window.Left);
        KernelGuard.Size(window.Height - window.Top - window.WindowHeight, "the rows below the window");
        KernelGuard.Size(window.Width - window.Left - window.WindowWidth, "the columns to the right of the window");
    }

    private static void Row(byte* source, float* mean, float centre, float scale, float* target, int width)
    {
        int w = 0;
        for (; w <= width - Lanes.Width; w += Lanes.Width)
        {
            float* means = mean == null ? null : mean + w;
            Write(Lanes.Load(source + w, Lanes.Width), means, centre, scale, target + w, Lanes.Width);
        }

        if (w < width)
        {
            float* means = mean == null ? null : mean + w;
            Write(Lanes.Load(source + w, width - w), means, centre, scale, target + w, width - w);
        }
    }

    private static void Row(float* source, float* mean, float centre, float scale, float* target, int width)
    {
        int w = 0;
        for (; w <= width - Lanes.Width; w += Lanes.Width)
        {
            float* means = mean == null ? null : mean + w;
            Write(Lanes.Load(source + w, Lanes.Width), means, centre, scale, target + w, Lanes.Width);
        }

        if (w < width)
        {
            float* means = mean == null ? null : mean + w;
            Write(Lanes.Load(source + w, width - w), means, centre, scale, target + w, width - w);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(
        Vector512<float> pixels, float* mean, float centre, float scale, float* target, int left)
    {
        Vector512<float> means = mean != null ? Lanes.Load(mean, left) : Vector512.Create(centre);
        Lanes.Store((pixels - means) * scale, target, left);
    }
}
