using Cnn.Engine.Graph;

namespace Cnn.Engine.Checks;

/// <summary>How thoroughly <see cref="LayerChecker"/> checks, and which layers.</summary>
public sealed record LayerCheckOptions
{
    /// <summary>The names of the layers to check; empty for all.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>
    /// Gives the net's inputs and parameters their values; null to make up those that are not told.
    /// </summary>
    public Action<Net>? Prepare { get; init; }

    /// <summary>Receives each layer before it is checked; null for none.</summary>
    public IProgress<CheckProgress>? Progress { get; init; }

    /// <summary>The largest number of threads to compare with one thread.</summary>
    public int Threads { get; init; } = 4;

    /// <summary>
    /// The values of a blob whose derivative is compared; a larger blob is sampled evenly. Layers with more work than
    /// some 10 million multiply-adds a pass get fewer.
    /// </summary>
    public int MostPoints { get; init; } = 100;
}
