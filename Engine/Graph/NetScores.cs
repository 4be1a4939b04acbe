using Cnn.Engine.Detection;

namespace Cnn.Engine.Graph;

/// <summary>What a test of a net has shown.</summary>
/// <param name="Loss">The mean loss of the batches.</param>
/// <param name="Outputs">
/// The mean of each value of the output blobs, in order: (blob name, mean); for one of a DetectionEvaluate layer the
/// mean average precision of its classes alone.
/// </param>
public sealed record NetScores(double Loss, IReadOnlyList<(string Blob, double Mean)> Outputs)
{
    /// <summary>The average precision of each class that DetectionEvaluate layers look at.</summary>
    public IReadOnlyList<ClassPrecision> Precisions { get; init; } = [];
}
