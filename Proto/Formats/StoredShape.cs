namespace Cnn.Proto.Formats;

/// <summary>
/// The shape of a stored array, by Caffe's rule for old and new shapes: when any of the old fields num, channels,
/// height and width of a BlobProto is set, these four are the shape; otherwise <c>shape</c> is. C3D 1.0 has five such
/// fields.
/// </summary>
/// <param name="axes">The axes, outermost first.</param>
/// <param name="isLegacy">Whether they are the old fields, which number as many whatever the array's axes.</param>
public sealed class StoredShape(IReadOnlyList<long> axes, bool isLegacy = false)
{
    /// <summary>The axes, outermost first; none for a single number.</summary>
    public IReadOnlyList<long> Axes { get; } = axes;

    /// <summary>Whether the axes are the four old fields.</summary>
    public bool IsLegacy { get; } = isLegacy;

    /// <summary>
    /// The number of values of the shape; -1 when an axis is negative, at most <see cref="long.MaxValue"/>.
    /// </summary>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (long axis in Axes)
            {
                if (axis < 0)
                {
                    return -1;
                }

                count = axis == 0 || count <= long.MaxValue / axis ? count * axis : long.MaxValue;
            }

            return count;
        }
    }

    /// <summary>Returns the shape that a message gives.</summary>
    public static StoredShape Of(BlobProto blob) => blob.HasNum || blob.HasChannels || blob.HasHeight || blob.HasWidth
        ? new StoredShape([blob.Num, blob.Channels, blob.Height, blob.Width], isLegacy: true)
        : new StoredShape([.. blob.Shape?.Dim ?? []]);

    /// <summary>
    /// Returns the message for an array's axes, in the form that this program and later versions of Caffe write.
    /// </summary>
    public static BlobShape Message(ReadOnlySpan<int> axes)
    {
        var shape = new BlobShape();
        foreach (int axis in axes)
        {
            shape.Dim.Add(axis);
        }

        return shape;
    }

    /// <summary>
    /// Whether an array of the given axes can take the stored values. An old shape fits when the array's, padded on the
    /// left with ones to four axes, equals it; otherwise the axes must be equal. A single number may be stored with an
    /// axis of size one, as in HDF5.
    /// </summary>
    public bool Fits(ReadOnlySpan<int> array)
    {
        if (array.IsEmpty && Axes is [1])
        {
            return true;
        }

        int missing = Axes.Count - array.Length;
        if (IsLegacy ? missing < 0 : missing != 0)
        {
            return false;
        }

        for (int i = 0; i < Axes.Count; i++)
        {
            if (Axes[i] != (i < missing ? 1 : array[i - missing]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Returns the axes as text: <c>20 1 5 5</c>.</summary>
    public override string ToString() => string.Join(' ', Axes);
}
