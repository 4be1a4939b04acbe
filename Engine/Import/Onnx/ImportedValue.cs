namespace Cnn.Engine.Import.Onnx;

/// <summary>
/// A value of the graph: known already, or a blob of the net, or one that gets a layer only if something needs it.
/// </summary>
/// <param name="shape">The shape.</param>
internal sealed class ImportedValue(int[] shape)
{
    /// <summary>The shape.</summary>
    public int[] Shape { get; } = shape;

    /// <summary>The number of axes.</summary>
    public int Axes => Shape.Length;

    /// <summary>The name that its blob should have; null until the graph gives it one.</summary>
    public string? Name { get; set; }

    /// <summary>The values, if they are known.</summary>
    public ConstantArray? Constant { get; init; }

    /// <summary>The blob; null while there is none.</summary>
    public BlobDraft? Blob { get; set; }

    /// <summary>The layer that writes the blob; null for an input.</summary>
    public LayerDraft? Layer { get; set; }

    /// <summary>How it comes from another value; null where a layer computes it.</summary>
    public Derivation? Derivation { get; init; }

    /// <summary>Adds the layers that compute it, when there is no blob yet.</summary>
    public Func<ImportedValue>? Make { get; init; }

    /// <summary>Whether more than one operation or output of the graph reads it.</summary>
    public bool IsShared { get; set; }
}
