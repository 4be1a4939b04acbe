namespace Cnn.Runner.DataSets.Inspection;

/// <summary>What a source of images holds.</summary>
public sealed record SourceReport
{
    /// <summary>The source, as it was named.</summary>
    public required string Path { get; init; }

    /// <summary>What it is: <c>LMDB database</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The number of its images.</summary>
    public required long Count { get; init; }

    /// <summary>How many images are held in each way.</summary>
    public required IReadOnlyDictionary<RecordKind, long> Records { get; init; }

    /// <summary>How many images have each size, the most frequent first.</summary>
    public required IReadOnlyList<SizeCount> Sizes { get; init; }

    /// <summary>How many images have each label, in the order of the labels; empty where there are none.</summary>
    public required IReadOnlyList<LabelCount> Labels { get; init; }

    /// <summary>The number of images that cannot be decoded.</summary>
    public required long BadCount { get; init; }

    /// <summary>The first of them.</summary>
    public required IReadOnlyList<BadRecord> Bad { get; init; }
}
