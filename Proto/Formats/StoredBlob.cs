namespace Cnn.Proto.Formats;

/// <summary>An array with its shape, as a weights file or a solver state holds it.</summary>
public sealed class StoredBlob
{
    /// <summary>The axes, outermost first; four of them when <see cref="IsLegacy"/>.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>Whether the shape is in the old fields num, channels, height and width.</summary>
    public bool IsLegacy { get; init; }

    /// <summary>The values.</summary>
    public required StoredArray Data { get; init; }

    /// <summary>The gradients; null when there are none.</summary>
    public StoredArray? Diff { get; init; }

    /// <summary>The shape as text: <c>20 1 5 5</c>.</summary>
    public string ShapeText => string.Join(' ', Shape);

    /// <summary>A blob that is in memory as a message.</summary>
    public static StoredBlob From(BlobProto blob)
    {
        blob = RawBlob.WithValues(blob);
        bool isLegacy = blob.HasNum || blob.HasChannels || blob.HasHeight || blob.HasWidth;
        return new StoredBlob
        {
            IsLegacy = isLegacy,
            Shape = isLegacy ? [blob.Num, blob.Channels, blob.Height, blob.Width] : [.. blob.Shape?.Dim ?? []],
            Data = new MemoryArray(blob.DoubleData.Count > 0 ? [.. blob.DoubleData.Select(v => (float)v)] : blob.Data),
            Diff = blob.DoubleDiff.Count > 0 ? new MemoryArray([.. blob.DoubleDiff.Select(v => (float)v)])
                : blob.Diff.Count > 0 ? new MemoryArray(blob.Diff) : null,
        };
    }

    /// <summary>
    /// Whether the shape fits an array's. An old shape fits when the array's, padded on the left with ones to four axes,
    /// equals it; otherwise the axes must be equal.
    /// </summary>
    public bool Fits(ReadOnlySpan<int> shape)
    {
        int missing = Shape.Count - shape.Length;
        if (IsLegacy ? missing < 0 : missing != 0)
        {
            return false;
        }

        for (int i = 0; i < Shape.Count; i++)
        {
            if (Shape[i] != (i < missing ? 1 : shape[i - missing]))
            {
                return false;
            }
        }

        return true;
    }
}
