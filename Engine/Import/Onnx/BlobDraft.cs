namespace Cnn.Engine.Import.Onnx;

/// <summary>A blob of the net that is being made; layers refer to it, and it gets its final name last.</summary>
internal sealed class BlobDraft
{
    /// <summary>The name that it should have, or null for one like its layer's; in the end, its name.</summary>
    public string? Name { get; set; }

    /// <summary>Whether it has exactly this name, as an input or output of the graph.</summary>
    public bool IsFixed { get; set; }
}
