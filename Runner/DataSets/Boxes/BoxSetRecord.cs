namespace Cnn.Runner.DataSets.Boxes;

/// <summary>What became of one image.</summary>
internal sealed class BoxSetRecord
{
    /// <summary>Its record, unless there is a <see cref="Problem"/>.</summary>
    public byte[] Bytes { get; set; } = [];

    /// <summary>Why there is no record; null when there is one.</summary>
    public string? Problem { get; set; }
}
