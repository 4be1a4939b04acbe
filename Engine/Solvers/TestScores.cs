using Cnn.Engine.Detection;

namespace Cnn.Engine.Solvers;

/// <summary>The scores of a test net.</summary>
/// <param name="Iteration">The number of updates done before the test.</param>
/// <param name="TestNet">The index of the test net, from 0.</param>
/// <param name="Loss">The mean loss of its batches.</param>
/// <param name="Outputs">
/// The mean of each value of the output blobs, in order: (blob name, mean); for one of a DetectionEvaluate layer the
/// mean average precision of its classes alone.
/// </param>
public sealed record TestScores(
    int Iteration, int TestNet, double Loss, IReadOnlyList<(string Blob, double Mean)> Outputs)
{
    /// <summary>The average precision of each class that DetectionEvaluate layers look at.</summary>
    public IReadOnlyList<ClassPrecision> Precisions { get; init; } = [];
}
