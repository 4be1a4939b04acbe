namespace Cnn.Engine.Runs;

/// <summary>The names of the curves that every training run has.</summary>
internal static class CurveNames
{
    /// <summary>The loss of an iteration.</summary>
    public const string Loss = "train/loss";

    /// <summary>The mean loss of the last iterations, as <c>average_loss</c> says.</summary>
    public const string SmoothedLoss = "train/smoothed_loss";

    /// <summary>The learning rate.</summary>
    public const string LearningRate = "train/learning_rate";
}
