namespace Cnn.Engine.Solvers;

/// <summary>Where a run stands after an iteration.</summary>
/// <param name="Iteration">Updates done.</param>
/// <param name="MaxIterations">Updates to do in all.</param>
/// <param name="Loss">The smoothed loss.</param>
/// <param name="LearningRate">The rate of the last update.</param>
public readonly record struct TrainingProgress(int Iteration, int MaxIterations, float Loss, float LearningRate)
{
    /// <summary>The loss of the last iteration alone.</summary>
    public float IterationLoss { get; init; }
}
