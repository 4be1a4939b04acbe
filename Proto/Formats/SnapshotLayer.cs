namespace Cnn.Proto.Formats;

/// <summary>A layer for a snapshot's format to write.</summary>
/// <param name="Definition">The layer as the net has it, without <c>blobs</c>.</param>
/// <param name="Parameters">The parameters, in Caffe's order.</param>
internal sealed record SnapshotLayer(LayerParameter Definition, IReadOnlyList<SnapshotArray> Parameters);
