using Cnn.Engine.Graph;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>
/// The score by which the best snapshot is known: early stopping's, else the accuracy of the last such layer of the
/// first test net (of several <c>top_k</c> the least), else that net's first loss.
/// </summary>
internal sealed class SnapshotScore
{
    private readonly int testNet;
    private readonly string? output;

    /// <summary>Chooses the score.</summary>
    public SnapshotScore(SolverParameter definition, IReadOnlyList<TestNet> testNets)
    {
        if (definition.EarlyStopping is { } early)
        {
            (testNet, output, IsHigherBetter) = ((int)early.TestNet, early.Output, early.HigherIsBetter);
        }
        else if (testNets.Count > 0)
        {
            Net net = testNets[0].Net;
            output = Accuracy(net);
            IsHigherBetter = output is not null;
            output ??= net.Outputs.FirstOrDefault(o => NetOutputs.LossWeight(net, o) != 0);
        }
    }

    /// <summary>Whether a higher score is better.</summary>
    public bool IsHigherBetter { get; }

    /// <summary>Returns the score of a test; null where it has none.</summary>
    public double? Of(TestScores scores)
    {
        if (scores.TestNet == testNet)
        {
            foreach (var (blob, mean) in scores.Outputs)
            {
                if (blob == output)
                {
                    return mean;
                }
            }
        }

        return null;
    }

    private static string? Accuracy(Net net) => net.Layers
        .Where(l => l.Type is "Accuracy" or OutputTally.DetectionType && net.Outputs.Contains(l.TopNames[0]))
        .Reverse()
        .MinBy(l => l.Layer.Parameter.AccuracyParam?.TopK ?? 1)
        ?.TopNames[0];
}
