using Cnn.Layers;
using Cnn.Proto.Formats;

namespace Cnn.Engine.Snapshots;

/// <summary>A blob as an array that a snapshot's format writes.</summary>
internal sealed class BlobSource(Blob blob, bool isShared = false) : SnapshotArray
{
    /// <inheritdoc/>
    public override ReadOnlySpan<int> Shape => blob.Shape;

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Data => blob.Data;

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Diff => blob.Diff;

    /// <inheritdoc/>
    public override bool IsShared => isShared;
}
