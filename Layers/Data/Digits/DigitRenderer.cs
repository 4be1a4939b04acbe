using Cnn.Fillers;

namespace Cnn.Layers.Data.Digits;

/// <summary>
/// Draws handwritten-looking digits framed as MNIST frames its own: the ink fits a box of 20x20, whose centre of mass
/// lies in the middle of 28x28 grey pixels, ink 255 on 0. Each image is a function of (seed, index) alone, the same on
/// every machine. The ten digits are equally common. Any number of threads may draw.
/// </summary>
internal static class DigitRenderer
{
    /// <summary>Rows and columns of an image.</summary>
    public const int Side = 28;

    private const int Box = 20;

    /// <summary>Returns the key of a stream of images; see <see cref="Draw"/>.</summary>
    public static ulong Key(long seed) => new RandomStreams(seed).Key("digits", "image");

    /// <summary>Returns the digit that an image shows.</summary>
    public static int Label(ulong key, ulong index) => new DigitRandom(key, index).Next(10);

    /// <summary>Draws an image.</summary>
    /// <param name="key">The stream, from <see cref="Key"/>.</param>
    /// <param name="index">The image's index in the stream.</param>
    /// <param name="pixels">28 x 28 bytes, row by row.</param>
    /// <returns>The digit that it shows, 0 to 9.</returns>
    public static int Draw(ulong key, ulong index, Span<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, Side * Side);
        var random = new DigitRandom(key, index);
        int label = random.Next(10);
        Span<DigitPen.Dot> dots = stackalloc DigitPen.Dot[DigitPen.MostDots];
        var pen = new DigitPen(dots);
        pen.Draw(Choose(DigitStyles.All[label], ref random), ref random);
        pen.Press(ref random);
        dots = dots[..pen.Count];

        // Loops would fill up under the widest pens.
        float wide = random.Normal();
        float radius = Math.Clamp(1.24f + (0.34f * wide) + (0.07f * wide * wide), 0.65f, label == 1 ? 3f : 2.2f);
        float softness = random.Between(0.9f, 1.5f);
        Fit(dots, radius);
        Span<float> ink = stackalloc float[Box * Box];
        ink.Fill(float.NegativeInfinity);
        for (int i = 1; i < dots.Length; i++)
        {
            if (!dots[i].Starts)
            {
                Line(dots[i - 1], dots[i], radius, 0.5f * softness, ink);
            }
        }

        Place(ink, 1 / softness, pixels);
        return label;
    }

    private static DigitStyle Choose(DigitStyle[] styles, ref DigitRandom random)
    {
        int total = 0;
        foreach (DigitStyle style in styles)
        {
            total += style.Weight;
        }

        int at = random.Next(total);
        int chosen = 0;
        while (at >= styles[chosen].Weight)
        {
            at -= styles[chosen++].Weight;
        }

        return styles[chosen];
    }

    // Scales the path so that its ink fits the box, keeping its proportions, and centres it there.
    private static void Fit(Span<DigitPen.Dot> dots, float radius)
    {
        float left = float.MaxValue, right = float.MinValue, top = float.MaxValue, bottom = float.MinValue;
        foreach (DigitPen.Dot dot in dots)
        {
            (left, right) = (Math.Min(left, dot.X), Math.Max(right, dot.X));
            (top, bottom) = (Math.Min(top, dot.Y), Math.Max(bottom, dot.Y));
        }

        float scale = (Box - (2 * radius)) / Math.Max(right - left, bottom - top);
        float middleX = 0.5f * (left + right), middleY = 0.5f * (top + bottom);
        for (int i = 0; i < dots.Length; i++)
        {
            dots[i].X = (0.5f * Box) + ((dots[i].X - middleX) * scale);
            dots[i].Y = (0.5f * Box) + ((dots[i].Y - middleY) * scale);
        }
    }

    // Raises each pixel near a line to the distance by which its centre lies inside the line's edge.
    private static void Line(in DigitPen.Dot a, in DigitPen.Dot b, float radius, float margin, Span<float> ink)
    {
        float reach = (radius * Math.Max(a.Press, b.Press)) + margin;
        int left = Math.Max(0, (int)(Math.Min(a.X, b.X) - reach));
        int right = Math.Min(Box - 1, (int)(Math.Max(a.X, b.X) + reach));
        int top = Math.Max(0, (int)(Math.Min(a.Y, b.Y) - reach));
        int bottom = Math.Min(Box - 1, (int)(Math.Max(a.Y, b.Y) + reach));
        float dx = b.X - a.X, dy = b.Y - a.Y;
        float length = Math.Max((dx * dx) + (dy * dy), 1e-6f);
        float alongX = dx / length, alongY = dy / length;
        float radiusA = radius * a.Press, wider = radius * (b.Press - a.Press);
        for (int y = top; y <= bottom; y++)
        {
            float py = y + 0.5f - a.Y;
            for (int x = left; x <= right; x++)
            {
                float px = x + 0.5f - a.X;
                float t = Math.Clamp((px * alongX) + (py * alongY), 0f, 1f);
                float qx = px - (t * dx), qy = py - (t * dy);
                float inside = radiusA + (t * wider) - MathF.Sqrt((qx * qx) + (qy * qy));
                ref float best = ref ink[(y * Box) + x];
                best = inside > best ? inside : best;
            }
        }
    }

    private static void Place(ReadOnlySpan<float> ink, float steepness, Span<byte> pixels)
    {
        Span<byte> grey = stackalloc byte[Box * Box];
        int mass = 0, massX = 0, massY = 0;
        for (int y = 0; y < Box; y++)
        {
            for (int x = 0; x < Box; x++)
            {
                float value = Math.Clamp(0.5f + (ink[(y * Box) + x] * steepness), 0f, 1f);
                int level = (int)((255 * value) + 0.5f);
                grey[(y * Box) + x] = (byte)level;
                mass += level;
                massX += level * x;
                massY += level * y;
            }
        }

        pixels.Clear();
        int shiftX = Shift(massX, mass), shiftY = Shift(massY, mass);
        for (int y = 0; y < Box; y++)
        {
            grey.Slice(y * Box, Box).CopyTo(pixels[(((y + shiftY) * Side) + shiftX)..]);
        }
    }

    // Returns the shift in whole pixels that brings the centre of mass nearest to pixel 14, where MNIST's images have
    // it.
    private static int Shift(int moment, int mass) => mass == 0
        ? (Side - Box) / 2
        : Math.Clamp((int)MathF.Floor((Side * 0.5f) + 0.5f - ((float)moment / mass)), 0, Side - Box);
}
