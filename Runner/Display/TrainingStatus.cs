using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;

namespace Cnn.Runner.Display;

/// <summary>What the panel of a run shows.</summary>
internal sealed record TrainingStatus
{
    /// <summary>The net's name.</summary>
    public string Net { get; init; } = "";

    /// <summary>Where the run stands.</summary>
    public RunState State { get; init; }

    /// <summary>Whether the run ends after the current iteration.</summary>
    public bool IsStopping { get; init; }

    /// <summary>The test that is going on; null when there is none.</summary>
    public TestProgress? Test { get; init; }

    /// <summary>The number of iterations done.</summary>
    public int Iteration { get; init; }

    /// <summary>The total number of iterations to do.</summary>
    public int MaxIterations { get; init; }

    /// <summary>The time since the run began or went on.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The time left; null while unknown.</summary>
    public TimeSpan? Left { get; init; }

    /// <summary>The loss of the last iteration; NaN before the first.</summary>
    public double Loss { get; init; } = double.NaN;

    /// <summary>The mean loss of the last iterations.</summary>
    public double MeanLoss { get; init; }

    /// <summary>The number of iterations that <see cref="MeanLoss"/> is the mean of.</summary>
    public int MeanOf { get; init; }

    /// <summary>The losses of the recent past, oldest first.</summary>
    public IReadOnlyList<double> Losses { get; init; } = [];

    /// <summary>The time that <see cref="Losses"/> span.</summary>
    public TimeSpan LossSpan { get; init; }

    /// <summary>The learning rate of the last iteration.</summary>
    public float LearningRate { get; init; }

    /// <summary>
    /// The iteration from which on the rate is as it is; null when it was never another, or is never still.
    /// </summary>
    public int? RateSince { get; init; }

    /// <summary>The images a second; the iterations a second where <see cref="CountsImages"/> is false.</summary>
    public double Speed { get; init; }

    /// <summary>Whether the images of an iteration are known.</summary>
    public bool CountsImages { get; init; }

    /// <summary>The share of the steps' time that went by waiting for data, from 0 to 1.</summary>
    public double DataWait { get; init; }

    /// <summary>The scores of the tests.</summary>
    public IReadOnlyList<TestStatus> Tests { get; init; } = [];

    /// <summary>The iteration of the last snapshot; null when there is none yet.</summary>
    public int? SnapshotIteration { get; init; }

    /// <summary>The name of the last snapshot's file.</summary>
    public string SnapshotFile { get; init; } = "";

    /// <summary>The address of the run's page; empty when there is none.</summary>
    public string Page { get; init; } = "";

    /// <summary>The time since the last snapshot.</summary>
    public TimeSpan SnapshotAge { get; init; }
}
