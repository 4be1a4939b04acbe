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

    /// <summary>Why the batch size is fixed although it was to be open; null where it is as asked for.</summary>
    public string? BatchProblem { get; init; }

    /// <summary>How many random inputs the file was checked with; 0 where it was not.</summary>
    public int CheckedInputs { get; init; }

    /// <summary>Why the file was not checked; null where it was.</summary>
    public string? CheckProblem { get; init; }

    /// <summary>
    /// The greatest difference from the net that the check found, relative to the largest value of an output.
    /// </summary>
    public double GreatestDifference { get; init; }
}
