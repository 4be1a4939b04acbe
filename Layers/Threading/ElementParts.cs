namespace Cnn.Layers.Threading;

/// <summary>Splits element-wise work into parts of one size, large enough to be worth waking a thread for.</summary>
public static class ElementParts
{
    /// <summary>Values per part: 64 KiB of floats, a multiple of every vector width.</summary>
    public const int Size = 16 * 1024;

    /// <summary>Returns the number of parts of <paramref name="count"/> values.</summary>
    public static int Count(int count) => (int)(((long)count + Size - 1) / Size);

    /// <summary>Returns the values of a part: from Start to End, End exclusive.</summary>
    public static (int Start, int End) Range(int part, int count) =>
        (part * Size, (int)Math.Min((part + 1L) * Size, count));
}
