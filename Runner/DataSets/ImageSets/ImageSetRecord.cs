using Cnn.Layers.Data.Transform;

namespace Cnn.Runner.DataSets.ImageSets;

/// <summary>What became of one image.</summary>
internal sealed class ImageSetRecord
{
    /// <summary>Holds its record, unless there is a <see cref="Problem"/>.</summary>
    public DatumBuffer Buffer { get; } = new();

    /// <summary>The image's size, after resizing.</summary>
    public ImageShape Shape { get; set; }

    /// <summary>Why there is no record; null when there is one.</summary>
    public string? Problem { get; set; }
}
