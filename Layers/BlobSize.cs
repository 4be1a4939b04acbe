namespace Cnn.Layers;

/// <summary>
/// Sizes of blobs before they are made, so that one that is too large is an error of the layer that asks for it.
/// </summary>
internal static class BlobSize
{
    /// <summary>The most values of a blob; see <see cref="Blob.Reshape"/>.</summary>
    public const int Most = int.MaxValue - 16;

    /// <summary>The values of a shape, <see cref="long.MaxValue"/> where they are even more.</summary>
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
    /// What an error says of too many values: <c>4294967296 values, where a blob holds at most 2147483631</c>.
    /// </summary>
    public static string Excess(long count) =>
        $"{(count == long.MaxValue ? "more than 2^63" : count)} values, where a blob holds at most {Most}";
}
