namespace Cnn.Engine.Export.Onnx;

/// <summary>What an export to ONNX wrote.</summary>
public sealed record OnnxReport
{
    /// <summary>The names of the graph's inputs.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>The names of the graph's outputs.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>The number of its operations.</summary>
    public required int Nodes { get; init; }

    /// <summary>The number of values in its weights.</summary>
    public required long Values { get; init; }

    /// <summary>Why the batch size is fixed although it was to be open; null where it is as asked for.</summary>
    public string? BatchProblem { get; init; }
}
