using Cnn.Proto.Formats.Onnx;

namespace Cnn.Engine.Export.Onnx;

/// <summary>A net as a model, ready to be written.</summary>
/// <param name="Model">The model without the weights.</param>
/// <param name="Weights">The weights, whose values are the net's own.</param>
/// <param name="Inputs">The inputs: the net's blob, and the value's name.</param>
/// <param name="Outputs">The outputs: the net's blob, and the value's name.</param>
/// <param name="BatchProblem">Why the batch size is fixed; null where it is open.</param>
internal sealed record OnnxExport(
    ModelProto Model,
    IReadOnlyList<OnnxWeight> Weights,
    IReadOnlyList<(string Blob, string Name)> Inputs,
    IReadOnlyList<(string Blob, string Name)> Outputs,
    string? BatchProblem);
