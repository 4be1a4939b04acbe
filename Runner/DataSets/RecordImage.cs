using Cnn.Layers.Data.Transform;

namespace Cnn.Runner.DataSets;

/// <summary>The image of a record, decoded where it was encoded; valid until its reader reads the next.</summary>
internal readonly ref struct RecordImage
{
    /// <summary>How the record holds it.</summary>
    public required RecordKind Kind { get; init; }

    /// <summary>Its size.</summary>
    public required ImageShape Shape { get; init; }

    /// <summary>The channels of its file; 0 where they are those of the shape.</summary>
    public int StoredChannels { get; init; }

    /// <summary>Whether its channels are red, green, blue rather than blue, green, red.</summary>
    public bool IsRgb { get; init; }

    /// <summary>Its label; 0 where there is none.</summary>
    public required int Label { get; init; }

    /// <summary>Its bytes, [C, H, W]; empty where it has floats.</summary>
    public ReadOnlySpan<byte> Pixels { get; init; }

    /// <summary>Its floats, [C, H, W]; empty where it has bytes.</summary>
    public ReadOnlySpan<float> Values { get; init; }
}
