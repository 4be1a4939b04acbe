using Cnn.Engine.Graph;

namespace Cnn.Engine.Weights;

/// <summary>What became of a weights file.</summary>
/// <param name="Copied">Layers whose parameters came from the file.</param>
/// <param name="Ignored">Layers of the file that the net does not have.</param>
/// <param name="IgnoredWithWeights">Those of them that hold parameters.</param>
/// <param name="Kept">Layers of the net with parameters that the file does not have.</param>
public sealed record WeightReport(
    IReadOnlyList<string> Copied,
    IReadOnlyList<string> Ignored,
    IReadOnlyList<string> IgnoredWithWeights,
    IReadOnlyList<string> Kept)
{
    /// <summary>The layers whose parameters came from the file.</summary>
    internal IReadOnlyList<NetLayer> CopiedLayers { get; init; } = [];
}
