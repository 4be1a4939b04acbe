using Cnn.Proto.Formats;

namespace Cnn.Layers;

/// <summary>Copies of blobs as arrays for files.</summary>
public static class BlobArrays
{
    /// <summary>A copy of a blob's values.</summary>
    public static NumberArray DataOf(Blob blob) => new(blob.Shape.ToArray(), blob.Data.ToArray());

    /// <summary>A copy of a blob's gradients.</summary>
    public static NumberArray DiffOf(Blob blob) => new(blob.Shape.ToArray(), blob.Diff.ToArray());
}
