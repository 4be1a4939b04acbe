namespace Cnn.Layers;

/// <summary>
/// Computes the sizes of blobs before they are made, so that the layer that asks for one that is too large reports it.
/// </summary>
internal static class BlobSize
{
    /// <summary>The maximum number of values of a blob; see <see cref="Blob.Reshape"/>.</summary>
    public const int Most = int.MaxValue - 16;

    /// <summary>Returns the number of values of a shape, at most <see cref="long.MaxValue"/>.</summary>
    /// <param name="shape">The dimensions, 0 or more.</param>
    public static long Of(params ReadOnlySpan<long> shape)
    {
        UInt128 count = 1;
        foreach (long dim in shape)
        {
            count = count > long.MaxValue ? count : count * (ulong)dim;
        }

        return shape.Contains(0L) ? 0 : (long)UInt128.Min(count, long.MaxValue);
    }

    /// <summary>
    /// Returns the text of an error about too many values: <c>4294967296 values, where a blob holds at most
    /// 2147483631</c>.
    /// </summary>
    public static string Excess(long count) =>
        $"{(count == long.MaxValue ? "more than 2^63" : count)} values, where a blob holds at most {Most}";
}
