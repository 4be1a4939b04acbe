namespace Cnn.Engine.Solvers;

/// <summary>The progress of a run after an iteration.</summary>
/// <param name="Iteration">The number of updates done.</param>
/// <param name="MaxIterations">The total number of updates to do.</param>
/// <param name="Loss">The smoothed loss.</param>
/// <param name="LearningRate">The rate of the last update.</param>
public readonly record struct TrainingProgress(int Iteration, int MaxIterations, float Loss, float LearningRate)
{
    /// <summary>The loss of the last iteration alone.</summary>
    public float IterationLoss { get; init; }
}
