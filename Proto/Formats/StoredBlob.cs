using Cnn.Proto.Formats.Wire;
using Google.Protobuf;

namespace Cnn.Proto.Formats;

/// <summary>An array with its shape, as stored in a weights file or a solver state.</summary>
public sealed class StoredBlob
{
    /// <summary>The shape as stored.</summary>
    public required StoredShape Shape { get; init; }

    /// <summary>Whether the shape is in the old fields num, channels, height and width.</summary>
    public bool IsLegacy => Shape.IsLegacy;

    /// <summary>The values.</summary>
    public required StoredArray Data { get; init; }

    /// <summary>The gradients; null when there are none.</summary>
    public StoredArray? Diff { get; init; }

    /// <summary>The shape as text: <c>20 1 5 5</c>.</summary>
    public string ShapeText => Shape.ToString();

    /// <summary>Returns the blob of a message that is in memory.</summary>
    /// <exception cref="CnnException">The raw values are not a whole number of numbers.</exception>
    public static StoredBlob From(BlobProto blob)
    {
        if (blob.DoubleData.Count == 0 && blob.Data.Count == 0)
        {
            // Forks of Caffe store values as raw bytes, in fields that BlobProto may hold as unknown ones.
            return WireBlob.Read(blob.ToByteArray());
        }

        return new StoredBlob
        {
            Shape = StoredShape.Of(blob),
            Data = new MemoryArray(blob.DoubleData.Count > 0 ? Floats(blob.DoubleData) : blob.Data),
            Diff = blob.DoubleDiff.Count > 0 ? new MemoryArray(Floats(blob.DoubleDiff))
                : blob.Diff.Count > 0 ? new MemoryArray(blob.Diff) : null,
        };
    }

    /// <summary>Whether an array of the given shape can take the values; see <see cref="StoredShape.Fits"/>.</summary>
    public bool Fits(ReadOnlySpan<int> shape) => Shape.Fits(shape);

    private static float[] Floats(IEnumerable<double> values) => [.. values.Select(value => (float)value)];
}
