namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>Replaces bytes by those of a table of 256.</summary>
internal static class ByteTable
{
    /// <summary>Values of a table.</summary>
    public const int Length = 256;

    /// <summary>Fills a table with factor * x + shift, rounded to even and held within 0 to 255.</summary>
    public static void Fill(Span<byte> table, float factor, float shift)
    {
        for (int i = 0; i < Length; i++)
        {
            table[i] = (byte)Math.Clamp(MathF.Round((i * factor) + shift, MidpointRounding.ToEven), 0, 255);
        }
    }

    /// <summary>Replaces each byte x by table(x).</summary>
    public static void Run(Span<byte> pixels, ReadOnlySpan<byte> table)
    {
        table = table[..Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = table[pixels[i]];
        }
    }
}
