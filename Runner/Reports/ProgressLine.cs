using System.Diagnostics;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;

namespace Cnn.Runner.Reports;

/// <summary>Describes the progress of a run in one line.</summary>
/// <param name="first">The iteration that the run started from.</param>
/// <param name="images">The images per iteration; 0 when unknown.</param>
internal sealed class ProgressLine(int first, int images)
{
    private readonly Stopwatch watch = Stopwatch.StartNew();

    /// <summary>Returns <c>iteration 120/2000  loss 0.25  lr 0.0099  5310 images/s  0:41 left</c>.</summary>
    public string Describe(TrainingProgress progress) => Describe(progress, watch.Elapsed);

    /// <summary>Returns the same at a given time since the start.</summary>
    public string Describe(TrainingProgress progress, TimeSpan elapsed)
    {
        int done = progress.Iteration - first;
        double rate = done / Math.Max(elapsed.TotalSeconds, 1e-3);
        string speed = images > 0 ? $"{rate * images:0} images/s" : $"{rate:0.0} iterations/s";
        TimeSpan left = TimeSpan.FromSeconds((progress.MaxIterations - progress.Iteration) / Math.Max(rate, 1e-6));
        return $"iteration {progress.Iteration}/{progress.MaxIterations}  loss {CaffeNumber.Format(progress.Loss)}  "
            + $"lr {CaffeNumber.Format(progress.LearningRate)}  {speed}  {TimeText.Clock(left)} left";
    }
}
