using Cnn.Proto.Formats;

namespace Cnn.Engine.Import.Onnx;

/// <summary>The values of a layer's parameter.</summary>
/// <param name="shape">The shape.</param>
/// <param name="values">The values.</param>
/// <param name="source">The array of the file that they are; null where they were computed.</param>
internal sealed class DraftArray(int[] shape, float[] values, ConstantArray? source = null) : SnapshotArray
{
    private bool isShared;

    /// <summary>The array of the file that the values are; layers with the same one share a parameter.</summary>
    public ConstantArray? Source { get; } = source;

    /// <inheritdoc/>
    public override ReadOnlySpan<int> Shape => shape;

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Data => values;

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Diff => [];

    /// <inheritdoc/>
    public override bool IsShared => isShared;

    /// <summary>Notes that a layer before has the same parameter.</summary>
    public void Share() => isShared = true;
}
