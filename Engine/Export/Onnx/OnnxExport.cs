using Cnn.Engine.Graph;
using Cnn.Proto.Formats.Onnx;

namespace Cnn.Engine.Export.Onnx;

/// <summary>A net as a model, ready to be written.</summary>
/// <param name="Model">The model without the weights.</param>
/// <param name="Weights">The weights, whose values are the net's own.</param>
/// <param name="Inputs">The inputs: the net's blob, and the value's name.</param>
/// <param name="Outputs">The outputs: the net's blob, and the value's name.</param>
/// <param name="Tops">The tops of layers that are values of the graph, in the order that the layers run.</param>
/// <param name="BatchProblem">Why the batch size is fixed; null where it is open.</param>
internal sealed record OnnxExport(
    ModelProto Model,
    IReadOnlyList<OnnxWeight> Weights,
    IReadOnlyList<(string Blob, string Name)> Inputs,
    IReadOnlyList<(string Blob, string Name)> Outputs,
    IReadOnlyList<(NetLayer Layer, int Top, string Value)> Tops,
    string? BatchProblem);
