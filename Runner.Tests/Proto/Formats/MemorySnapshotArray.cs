using Cnn.Proto.Formats;

namespace Cnn.Tests.Proto.Formats;

/// <summary>An array to write that needs no net.</summary>
internal sealed class MemorySnapshotArray(int[] shape, float[] data, float[]? diff = null, bool isShared = false)
    : SnapshotArray
{
    public override ReadOnlySpan<int> Shape => shape;

    public override ReadOnlySpan<float> Data => data;

    public override ReadOnlySpan<float> Diff => diff;

    public override bool IsShared => isShared;
}
