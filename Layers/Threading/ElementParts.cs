namespace Cnn.Layers.Threading;

/// <summary>How element-wise work is split: parts of one size, large enough to be worth waking a thread for.</summary>
public static class ElementParts
{
    /// <summary>Values a part: 64 KiB of floats, a multiple of every vector's width.</summary>
    public const int Size = 16 * 1024;

    /// <summary>The number of parts that <paramref name="count"/> values make.</summary>
    public static int Count(int count) => (int)(((long)count + Size - 1) / Size);

    /// <summary>The values of a part: from Start up to and without End.</summary>
    public static (int Start, int End) Range(int part, int count) =>
        (part * Size, (int)Math.Min((part + 1L) * Size, count));
}
