using System.Numerics;
using System.Runtime.InteropServices;

namespace Cnn.Engine.Classification;

/// <summary>
/// Resizes images as pycaffe's <c>resize_image</c> does: their range is stretched to [0, 1], skimage's <c>resize</c> of
/// order 1 and mode 'constant' follows, and the range is put back. An image of one value only stays that.
/// </summary>
/// <remarks>
/// skimage interpolates bilinearly between half-pixel centres, in doubles and without antialiasing (as up to version
/// 0.14). What lies outside the image is 0 there, which is the image's least value after the stretch; so an image that
/// is enlarged blends into that at its edges. An image that has the size already is copied.
/// </remarks>
internal sealed class StretchedResizer
{
    private const int None = int.MinValue;

    private float[] row = [];
    private double[] upper = [], lower = [], fractions = [];
    private int[] places = [];

    /// <summary>Resizes an image, [C, H, W] to [C, height, width].</summary>
    public void Resize(IPixelRows from, int height, int width, FloatImage to)
    {
        to.SetSize(from.Channels, height, width);
        if (from.Height == height && from.Width == width)
        {
            Copy(from, to);
            return;
        }

        Fit(ref row, from.Width);
        var (least, most) = RangeOf(from);
        if (most > least)
        {
            Interpolate(from, least, most - least, to);
        }
        else
        {
            to.Values.Fill(least);
        }
    }

    private static void Copy(IPixelRows from, FloatImage to)
    {
        for (int c = 0; c < to.Channels; c++)
        {
            for (int y = 0; y < to.Height; y++)
            {
                from.Read(c, y, to.Row(c, y));
            }
        }
    }

    private static void Fit<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = GC.AllocateUninitializedArray<T>(length);
        }
    }

    private static (int Place, double Fraction) Place(int index, double scale)
    {
        double at = ((index + 0.5) * scale) - 0.5;
        double floor = Math.Floor(at);
        return ((int)floor, at - floor);
    }

    private static void Widen(ReadOnlySpan<float> values, ref float least, ref float most)
    {
        ReadOnlySpan<Vector<float>> wide = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> low = new(least), high = new(most);
        foreach (Vector<float> value in wide)
        {
            low = Vector.Min(low, value);
            high = Vector.Max(high, value);
        }

        for (int i = 0; i < Vector<float>.Count; i++)
        {
            (least, most) = (Math.Min(least, low[i]), Math.Max(most, high[i]));
        }

        foreach (float value in values[(wide.Length * Vector<float>.Count)..])
        {
            (least, most) = (Math.Min(least, value), Math.Max(most, value));
        }
    }

    private static void Stretch(Span<float> values, float least, float range)
    {
        Span<Vector<float>> wide = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> from = new(least), size = new(range);
        foreach (ref Vector<float> value in wide)
        {
            value = (value - from) / size;
        }

        foreach (ref float value in values[(wide.Length * Vector<float>.Count)..])
        {
            value = (value - least) / range;
        }
    }

    private (float Least, float Most) RangeOf(IPixelRows from)
    {
        float least = float.PositiveInfinity, most = float.NegativeInfinity;
        Span<float> values = row.AsSpan(0, from.Width);
        for (int c = 0; c < from.Channels; c++)
        {
            for (int y = 0; y < from.Height; y++)
            {
                from.Read(c, y, values);
                Widen(values, ref least, ref most);
            }
        }

        return (least, most);
    }

    private void Interpolate(IPixelRows from, float least, float range, FloatImage to)
    {
        Fit(ref upper, to.Width);
        Fit(ref lower, to.Width);
        PlaceColumns((double)from.Width / to.Width, to.Width);
        double scale = (double)from.Height / to.Height;
        for (int c = 0; c < to.Channels; c++)
        {
            int heldUpper = None, heldLower = None;
            for (int y = 0; y < to.Height; y++)
            {
                var (place, fraction) = Place(y, scale);
                if (place == heldLower)
                {
                    (upper, lower) = (lower, upper);
                    (heldUpper, heldLower) = (heldLower, heldUpper);
                }

                Fill(from, c, place, ref heldUpper, upper.AsSpan(0, to.Width), least, range);
                Fill(from, c, place + 1, ref heldLower, lower.AsSpan(0, to.Width), least, range);
                Span<float> target = to.Row(c, y);
                for (int x = 0; x < target.Length; x++)
                {
                    double value = ((1 - fraction) * upper[x]) + (fraction * lower[x]);
                    target[x] = (float)((value * range) + least);
                }
            }
        }
    }

    private void PlaceColumns(double scale, int width)
    {
        Fit(ref places, width);
        Fit(ref fractions, width);
        for (int x = 0; x < width; x++)
        {
            (places[x], fractions[x]) = Place(x, scale);
        }
    }

    // Interpolates a row of the image between its columns; those outside are 0.
    private void Fill(
        IPixelRows from, int channel, int index, ref int held, Span<double> to, float least, float range)
    {
        if (held == index)
        {
            return;
        }

        held = index;
        if (index < 0 || index >= from.Height)
        {
            to.Clear();
            return;
        }

        Span<float> values = row.AsSpan(0, from.Width);
        from.Read(channel, index, values);
        Stretch(values, least, range);
        for (int x = 0; x < to.Length; x++)
        {
            int place = places[x];
            double left = place < 0 ? 0 : values[place], right = place + 1 < values.Length ? values[place + 1] : 0;
            to[x] = ((1 - fractions[x]) * left) + (fractions[x] * right);
        }
    }
}
