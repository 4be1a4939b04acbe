namespace Cnn.Engine.Runs;

/// <summary>The names of the curves of training, besides those of the net's outputs.</summary>
internal static class CurveNames
{
    /// <summary>The loss of an iteration.</summary>
    public const string Loss = "train/loss";

    /// <summary>The mean loss of the last iterations, as <c>average_loss</c> says.</summary>
    public const string SmoothedLoss = "train/smoothed_loss";

    /// <summary>The learning rate.</summary>
    public const string LearningRate = "train/learning_rate";

    /// <summary>The images of training a second.</summary>
    public const string ImagesPerSecond = "train/images_per_second";

    /// <summary>The iterations a second, which is all that a log tells.</summary>
    public const string IterationsPerSecond = "train/iterations_per_second";

    /// <summary>The share of the steps that is spent waiting for data, from 0 to 1.</summary>
    public const string DataWait = "train/data_wait";
}
