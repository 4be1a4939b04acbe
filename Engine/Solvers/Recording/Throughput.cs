namespace Cnn.Engine.Solvers.Recording;

/// <summary>Measures the images a second and the share of waiting for data, over at least a second of steps.</summary>
/// <param name="imagesAStep">The images of a training step.</param>
/// <param name="wait">Measures the steps.</param>
internal sealed class Throughput(long imagesAStep, StepWait wait)
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private TimeSpan timeBefore;
    private TimeSpan waitedBefore;
    private long stepsBefore;

    /// <summary>Returns what was measured since the last time.</summary>
    /// <param name="isLast">Whether less than a second will do, too.</param>
    /// <param name="images">The images a second.</param>
    /// <param name="waiting">The share of waiting for data, from 0 to 1.</param>
    /// <returns>Whether there was enough to measure.</returns>
    public bool TryTake(bool isLast, out double images, out double waiting)
    {
        TimeSpan time = wait.Time - timeBefore, waited = wait.Waited - waitedBefore;
        (images, waiting) = (0, 0);
        if (time <= TimeSpan.Zero || (time < Least && !isLast))
        {
            return false;
        }

        (images, waiting) = (imagesAStep * (wait.Steps - stepsBefore) / time.TotalSeconds, waited / time);
        (timeBefore, waitedBefore, stepsBefore) = (wait.Time, wait.Waited, wait.Steps);
        return true;
    }
}
