using Cnn.Proto;

namespace Cnn.Engine.Import.Onnx;

/// <summary>A layer of the net that is being made.</summary>
/// <param name="type">Its type.</param>
/// <param name="name">The name that it should have.</param>
internal sealed class LayerDraft(string type, string name)
{
    /// <summary>The type.</summary>
    public string Type { get; } = type;

    /// <summary>The name that it should have; in the end, its name.</summary>
    public string Name { get; set; } = name;

    /// <summary>The definition's fields of the type.</summary>
    public LayerParameter Definition { get; } = new();

    /// <summary>What it reads.</summary>
    public List<BlobDraft> Bottoms { get; } = [];

    /// <summary>What it writes.</summary>
    public List<BlobDraft> Tops { get; } = [];

    /// <summary>The values of its parameters.</summary>
    public List<DraftArray> Arrays { get; } = [];
}
