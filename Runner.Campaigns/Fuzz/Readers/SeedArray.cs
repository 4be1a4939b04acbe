using Cnn.Proto.Formats;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>An array for a file of weights that is made for a campaign: 1/4, 2/4 and so on.</summary>
internal sealed class SeedArray(params int[] shape) : SnapshotArray
{
    private readonly float[] values = [.. Enumerable.Range(1, shape.Aggregate(1, (a, b) => a * b)).Select(i => i / 4f)];

    /// <inheritdoc/>
    public override ReadOnlySpan<int> Shape => shape;

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Data => values;

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Diff => values;
}
