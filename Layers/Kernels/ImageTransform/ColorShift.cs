using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// Changes the colours of a window of an image, in this order: brightness, pixel * b; contrast, c * pixel + (1 - c) *
/// mean grey of the window; saturation, s * pixel + (1 - s) * grey of the pixel; hue, turned through HSV. The result of
/// each is held within a range.
/// </summary>
/// <param name="Brightness">Factor of the pixels.</param>
/// <param name="Contrast">Factor of the distance from the window's mean grey; null leaves it out.</param>
/// <param name="Saturation">Factor of the distance from a pixel's grey; null leaves it out.</param>
/// <param name="Hue">Turns around the circle of colours; null leaves it out.</param>
/// <param name="Least">Least value of the result.</param>
/// <param name="Most">Largest value of the result.</param>
internal readonly record struct ColorShift(
    float Brightness, float? Contrast, float? Saturation, float? Hue, float Least, float Most)
{
    // Weights of blue, green and red in the grey level (ITU-R BT.601).
    private const float BlueWeight = 0.114f, GreenWeight = 0.587f, RedWeight = 0.299f;

    /// <summary>Changes the colours.</summary>
    /// <param name="source">Pixels [C, H, W], of bytes or floats; three channels are blue, green and red.</param>
    /// <param name="window">The image's shape and the window.</param>
    /// <param name="target">Values [C, H, W], of which those in the window are written; may be the source.</param>
    public unsafe void Run<T>(T* source, in ImageWindow window, float* target)
        where T : unmanaged
    {
        KernelGuard.Array(source, window.Channels, window.Height, window.Width);
        KernelGuard.Array(target, window.Channels, window.Height, window.Width);
        float mean = Contrast is null ? 0 : MeanGrey(source, window);
        bool isColor = Saturation is not null || Hue is not null;
        for (int h = 0; h < window.WindowHeight; h++)
        {
            if (isColor)
            {
                int blue = window.Offset(0, h), green = window.Offset(1, h), red = window.Offset(2, h);
                Row(source + blue, source + green, source + red, mean, target + blue, target + green, target + red,
                    window.WindowWidth);
                continue;
            }

            for (int c = 0; c < window.Channels; c++)
            {
                int at = window.Offset(c, h);
                for (int w = 0; w < window.WindowWidth; w += Lanes.Width)
                {
                    int left = window.WindowWidth - w;
                    Lanes.Store(Level(PixelRow.Load(source + at + w, left), mean), target + at + w, left);
                }
            }
        }
    }

    private unsafe void Row<T>(
        T* blue, T* green, T* red, float mean, float* toBlue, float* toGreen, float* toRed, int width)
        where T : unmanaged
    {
        for (int w = 0; w < width; w += Lanes.Width)
        {
            int left = width - w;
            Vector512<float> b = Level(PixelRow.Load(blue + w, left), mean);
            Vector512<float> g = Level(PixelRow.Load(green + w, left), mean);
            Vector512<float> r = Level(PixelRow.Load(red + w, left), mean);
            if (Saturation is { } saturation)
            {
                Vector512<float> grey = (1 - saturation) * Grey(b, g, r);
                b = Hold((saturation * b) + grey);
                g = Hold((saturation * g) + grey);
                r = Hold((saturation * r) + grey);
            }

            if (Hue is { } hue)
            {
                Turn(hue * 6, ref b, ref g, ref r);
            }

            Lanes.Store(b, toBlue + w, left);
            Lanes.Store(g, toGreen + w, left);
            Lanes.Store(r, toRed + w, left);
        }
    }

    // The mean after the change of brightness.
    private unsafe float MeanGrey<T>(T* source, in ImageWindow window)
        where T : unmanaged
    {
        double total = 0;
        for (int c = 0; c < window.Channels; c++)
        {
            WideSum sum = default;
            for (int h = 0; h < window.WindowHeight; h++)
            {
                T* row = source + window.Offset(c, h);
                for (int w = 0; w < window.WindowWidth; w += Lanes.Width)
                {
                    int left = window.WindowWidth - w;
                    sum.Add(Lanes.First(Hold(Brightness * PixelRow.Load(row + w, left)), left));
                }
            }

            total += sum.Total * (window.Channels, c) switch
            {
                (3, 0) => BlueWeight,
                (3, 1) => GreenWeight,
                (3, 2) => RedWeight,
                _ => 1.0 / window.Channels,
            };
        }

        return (float)(total / ((double)window.WindowHeight * window.WindowWidth));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> Level(Vector512<float> pixels, float mean)
    {
        pixels = Hold(Brightness * pixels);
        return Contrast is { } contrast
            ? Hold((contrast * pixels) + Vector512.Create((1 - contrast) * mean))
            : pixels;
    }

    private static Vector512<float> Grey(Vector512<float> b, Vector512<float> g, Vector512<float> r) =>
        (BlueWeight * b) + (GreenWeight * g) + (RedWeight * r);

    // HSV with the hue in sixths of a turn from red over green to blue. A channel of the turned colour is
    // V - C max(0, min(k, 4 - k, 1)), where V is the largest channel, C its distance from the least, and k the hue plus
    // 5 for red, 3 for green and 1 for blue, from 0 to 6.
    private static void Turn(float sixths, ref Vector512<float> b, ref Vector512<float> g, ref Vector512<float> r)
    {
        Vector512<float> value = Vector512.Max(r, Vector512.Max(g, b));
        Vector512<float> chroma = value - Vector512.Min(r, Vector512.Min(g, b));
        Vector512<float> hue = Vector512.ConditionalSelect(
            Vector512.Equals(value, r),
            (g - b) / chroma,
            Vector512.ConditionalSelect(
                Vector512.Equals(value, g),
                ((b - r) / chroma) + Vector512.Create(2f),
                ((r - g) / chroma) + Vector512.Create(4f)));

        // Grey has no hue, and keeps its value with any.
        hue = Vector512.ConditionalSelect(
            Vector512.Equals(chroma, Vector512<float>.Zero), Vector512<float>.Zero, hue + Vector512.Create(sixths));
        (b, g, r) = (Channel(hue, 1, value, chroma), Channel(hue, 3, value, chroma), Channel(hue, 5, value, chroma));
    }

    private static Vector512<float> Channel(
        Vector512<float> hue, float offset, Vector512<float> value, Vector512<float> chroma)
    {
        Vector512<float> six = Vector512.Create(6f), k = hue + Vector512.Create(offset);
        k -= six * Vector512.Floor(k / six);
        Vector512<float> share = Vector512.Min(Vector512.Min(k, Vector512.Create(4f) - k), Vector512<float>.One);
        return value - (chroma * Vector512.Max(share, Vector512<float>.Zero));
    }

    private Vector512<float> Hold(Vector512<float> values) =>
        Vector512.Min(Vector512.Max(values, Vector512.Create(Least)), Vector512.Create(Most));
}
