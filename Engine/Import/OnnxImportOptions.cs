namespace Cnn.Engine.Import;

/// <summary>How an ONNX file is read.</summary>
public sealed record OnnxImportOptions
{
    /// <summary>The size of an input's first axis where the file leaves it open.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Shapes of inputs, by name, where the file leaves more open; they win over the file's.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> Shapes { get; init; } =
        new Dictionary<string, IReadOnlyList<int>>();
}
