namespace Cnn.Runner.Display;

/// <summary>The scores of an output of a test net.</summary>
/// <param name="Blob">The output.</param>
/// <param name="TestNet">The index of the test net, from 0.</param>
/// <param name="LessIsBetter">Whether less is better.</param>
internal sealed record TestStatus(string Blob, int TestNet, bool LessIsBetter)
{
    /// <summary>The score of the last test.</summary>
    public double Score { get; init; }

    /// <summary>The iteration of the last test; null before the first.</summary>
    public int? Iteration { get; init; }

    /// <summary>The best score so far; NaN when there is none.</summary>
    public double Best { get; init; } = double.NaN;

    /// <summary>The iteration of the best score.</summary>
    public int BestIteration { get; init; }

    /// <summary>Returns the scores with that of another test.</summary>
    public TestStatus With(int iteration, double score)
    {
        bool isBest = !double.IsNaN(score)
            && (double.IsNaN(Best) || (LessIsBetter ? score < Best : score > Best));
        return this with
        {
            Score = score,
            Iteration = iteration,
            Best = isBest ? score : Best,
            BestIteration = isBest ? iteration : BestIteration,
        };
    }
}
