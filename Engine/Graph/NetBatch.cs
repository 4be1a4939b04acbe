using Cnn.Layers;

namespace Cnn.Engine.Graph;

/// <summary>What a net has computed for one batch.</summary>
/// <param name="Index">The index of the batch, from 0.</param>
/// <param name="Loss">Its loss.</param>
/// <param name="Blobs">The blobs that were asked for, in order. They hold their values until the next batch.</param>
public readonly record struct NetBatch(int Index, float Loss, IReadOnlyList<Blob> Blobs);
