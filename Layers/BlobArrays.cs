using Cnn.Proto.Formats;

namespace Cnn.Layers;

/// <summary>Copies blobs to arrays for files.</summary>
public static class BlobArrays
{
    /// <summary>Copies a blob's values.</summary>
    public static NumberArray DataOf(Blob blob) => new(blob.Shape.ToArray(), blob.Data.ToArray());

    /// <summary>Copies a blob's gradient.</summary>
    public static NumberArray DiffOf(Blob blob) => new(blob.Shape.ToArray(), blob.Diff.ToArray());
}
