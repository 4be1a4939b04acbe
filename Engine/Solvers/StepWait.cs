using System.Diagnostics;
using System.Globalization;
using Serilog;

namespace Cnn.Engine.Solvers;

/// <summary>
/// Measures which share of the training steps is spent waiting for something, and warns where it is more than a few
/// percent. The first step is not counted: nothing can have been made ready ahead of it.
/// </summary>
/// <param name="waitedSoFar">How long the training has waited so far.</param>
/// <param name="complaint">What the warning says, before the percentage.</param>
/// <param name="log">The log; null for none.</param>
internal sealed class StepWait(Func<TimeSpan> waitedSoFar, string complaint, ILogger? log)
{
    private const double Bearable = 0.05;

    private readonly Stopwatch steps = new();
    private bool hasStepped;
    private TimeSpan waitedBefore;
    private Span total;
    private Span sinceWarning;

    /// <summary>The share of all steps so far, from 0 to 1.</summary>
    public double Share => total.Share;

    /// <summary>The number of steps that count.</summary>
    public long Steps { get; private set; }

    /// <summary>The time of these steps.</summary>
    public TimeSpan Time => total.Time;

    /// <summary>How much of it was spent waiting.</summary>
    public TimeSpan Waited => total.Waited;

    /// <summary>Begins a step.</summary>
    public void BeginStep()
    {
        waitedBefore = waitedSoFar();
        steps.Restart();
    }

    /// <summary>Leaves out what comes until <see cref="GoOn"/>.</summary>
    public void Pause() => steps.Stop();

    /// <summary>Goes on with the step.</summary>
    public void GoOn() => steps.Start();

    /// <summary>Ends a step.</summary>
    public void EndStep()
    {
        if (!hasStepped)
        {
            hasStepped = true;
            return;
        }

        Span step = new(steps.Elapsed, waitedSoFar() - waitedBefore);
        Steps++;
        total += step;
        sinceWarning += step;
    }

    /// <summary>Warns if the steps since the last call waited for long.</summary>
    public void Warn()
    {
        if (sinceWarning.Share > Bearable)
        {
            log?.Warning(
                "{Line:l}",
                $"{complaint}: {(100 * sinceWarning.Share).ToString("0", CultureInfo.InvariantCulture)} % of the step");
        }

        sinceWarning = default;
    }

    private readonly record struct Span(TimeSpan Time, TimeSpan Waited)
    {
        public double Share => Time > TimeSpan.Zero ? Waited / Time : 0;

        public static Span operator +(Span a, Span b) => new(a.Time + b.Time, a.Waited + b.Waited);
    }
}
