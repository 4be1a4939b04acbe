using Cnn.Engine.Graph;

namespace Cnn.Engine.Weights;

/// <summary>Which layers got weights from a file and which did not.</summary>
/// <param name="Copied">The layers whose parameters came from the file.</param>
/// <param name="Ignored">The layers of the file that the net does not have.</param>
/// <param name="IgnoredWithWeights">Those ignored layers that hold parameters.</param>
/// <param name="Kept">The layers of the net with parameters that the file does not have.</param>
public sealed record WeightReport(
    IReadOnlyList<string> Copied,
    IReadOnlyList<string> Ignored,
    IReadOnlyList<string> IgnoredWithWeights,
    IReadOnlyList<string> Kept)
{
    /// <summary>The layers whose parameters came from the file.</summary>
    internal IReadOnlyList<NetLayer> CopiedLayers { get; init; } = [];
}
