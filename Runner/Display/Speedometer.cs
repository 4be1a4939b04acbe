namespace Cnn.Runner.Display;

/// <summary>The pace of the last seconds: a mean in which what is longer ago counts for less.</summary>
internal sealed class Speedometer
{
    // The time after which a step counts for 1/e.
    private const double Seconds = 5;

    private double steps, time;

    /// <summary>The steps a second; 0 before the first.</summary>
    public double PerSecond => time > 0 ? steps / time : 0;

    /// <summary>Adds a step that took some time.</summary>
    public void Add(TimeSpan step)
    {
        double fading = Math.Exp(-step.TotalSeconds / Seconds);
        steps = (steps * fading) + 1;
        time = (time * fading) + step.TotalSeconds;
    }
}
