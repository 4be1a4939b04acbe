namespace Cnn.Engine.Solvers;

/// <summary>What a test net measured.</summary>
/// <param name="Iteration">Updates done when it measured.</param>
/// <param name="TestNet">Which test net, from 0.</param>
/// <param name="Loss">The mean loss of its batches.</param>
/// <param name="Outputs">The mean of each value of the output blobs, in order: (blob name, mean).</param>
public sealed record TestScores(
    int Iteration, int TestNet, double Loss, IReadOnlyList<(string Blob, double Mean)> Outputs);
