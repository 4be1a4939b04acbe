using Cnn.Engine.Distributed;

namespace Cnn.Runner.DataSets;

/// <summary>How <see cref="FeatureExtractor"/> works.</summary>
public sealed record FeatureOptions
{
    /// <summary>What to write.</summary>
    public FeatureFormat Format { get; init; } = FeatureFormat.Lmdb;

    /// <summary>Receives progress before every pass, in batches; null for nobody.</summary>
    public IProgress<WriteProgress>? Progress { get; init; }

    /// <summary>
    /// The processes that share the passes out, each with the same net; null where this one works alone. Rank 0 writes
    /// the files.
    /// </summary>
    public ProcessGroup? Processes { get; init; }
}
