using Cnn.Layers.Data.Transform;
using Cnn.Proto.Formats.Images;

namespace Cnn.Runner.DataSets.Inspection;

/// <summary>What is kept of one image of a source.</summary>
internal sealed class InspectedImage
{
    /// <summary>Why it cannot be decoded; null where it can.</summary>
    public string? Problem { get; set; }

    /// <summary>How it is held.</summary>
    public RecordKind Kind { get; set; }

    /// <summary>Its size, with the channels of its file.</summary>
    public ImageShape Shape { get; set; }

    /// <summary>Its label.</summary>
    public int Label { get; set; }

    /// <summary>A small copy of it; used only for the images of a contact sheet.</summary>
    public PlanarImage Thumbnail { get; } = new();
}
