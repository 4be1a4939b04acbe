namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// Equalises the histogram of an image of bytes: x becomes 255 times the share of the pixels that are at most x, of
/// those above the darkest. Of colours the lightness Y of YCrCb (ITU-R BT.601, in units of 2^-14) is equalised.
/// </summary>
internal static class Equalization
{
    private const int Unit = 14;
    private const int Half = 1 << (Unit - 1);

    /// <summary>Equalises grey levels.</summary>
    public static void Run(Span<byte> grey)
    {
        Span<byte> table = stackalloc byte[ByteTable.Length];
        Span<int> counts = stackalloc int[ByteTable.Length];
        counts.Clear();
        foreach (byte level in grey)
        {
            counts[level]++;
        }

        if (TryFill(counts, grey.Length, table))
        {
            ByteTable.Run(grey, table);
        }
    }

    /// <summary>Equalises colours.</summary>
    public static void Run(Span<byte> blue, Span<byte> green, Span<byte> red)
    {
        Span<byte> table = stackalloc byte[ByteTable.Length];
        Span<int> counts = stackalloc int[ByteTable.Length];
        counts.Clear();
        for (int i = 0; i < blue.Length; i++)
        {
            counts[Lightness(blue[i], green[i], red[i])]++;
        }

        bool isFlat = !TryFill(counts, blue.Length, table);
        for (int i = 0; i < blue.Length; i++)
        {
            int y = Lightness(blue[i], green[i], red[i]);
            SetLightness(ref blue[i], ref green[i], ref red[i], y, isFlat ? y : table[y]);
        }
    }

    /// <summary>Returns the lightness of colours.</summary>
    public static void ReadLightness(
        ReadOnlySpan<byte> blue, ReadOnlySpan<byte> green, ReadOnlySpan<byte> red, Span<byte> lightness)
    {
        for (int i = 0; i < lightness.Length; i++)
        {
            lightness[i] = (byte)Lightness(blue[i], green[i], red[i]);
        }
    }

    /// <summary>Gives colours another lightness.</summary>
    public static void WriteLightness(
        Span<byte> blue, Span<byte> green, Span<byte> red, ReadOnlySpan<byte> lightness)
    {
        for (int i = 0; i < lightness.Length; i++)
        {
            int y = Lightness(blue[i], green[i], red[i]);
            SetLightness(ref blue[i], ref green[i], ref red[i], y, lightness[i]);
        }
    }

    private static void SetLightness(ref byte blue, ref byte green, ref byte red, int from, int to)
    {
        int cr = Clamp((((red - from) * 11682) + (128 << Unit) + Half) >> Unit) - 128;
        int cb = Clamp((((blue - from) * 9241) + (128 << Unit) + Half) >> Unit) - 128;
        blue = Clamp(to + (((cb * 29049) + Half) >> Unit));
        green = Clamp(to + (((cb * -5636) + (cr * -11698) + Half) >> Unit));
        red = Clamp(to + (((cr * 22987) + Half) >> Unit));
    }

    // False for an image of one level, which stays as it is.
    private static bool TryFill(ReadOnlySpan<int> counts, int total, Span<byte> table)
    {
        int first = counts.IndexOfAnyExcept(0);
        if (counts[first] == total)
        {
            return false;
        }

        table.Clear();
        float scale = 255f / (total - counts[first]);
        int sum = 0;
        for (int i = first + 1; i < table.Length; i++)
        {
            sum += counts[i];
            table[i] = Clamp((int)MathF.Round(sum * scale, MidpointRounding.ToEven));
        }

        return true;
    }

    private static int Lightness(byte blue, byte green, byte red) =>
        ((blue * 1868) + (green * 9617) + (red * 4899) + Half) >> Unit;

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
}
