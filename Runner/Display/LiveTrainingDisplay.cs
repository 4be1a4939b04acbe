using System.Diagnostics;
using Cnn.Engine.Solvers;
using Cnn.Runner.Reports;
using Serilog.Core;
using Serilog.Events;

namespace Cnn.Runner.Display;

/// <summary>Shows the progress of a run in a line on a terminal, below the log lines.</summary>
internal sealed class LiveTrainingDisplay(LiveLine live) : TrainingDisplay(new LiveSink(live))
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc/>
    public override bool Run(Solver solver, Func<bool> solve)
    {
        var line = new ProgressLine(solver.Iteration, BatchSize(solver));
        var shown = Stopwatch.StartNew();
        solver.Progressed += progress =>
        {
            if (shown.Elapsed >= Pause)
            {
                shown.Restart();
                live.Show(line.Describe(progress));
            }
        };
        try
        {
            return solve();
        }
        finally
        {
            live.Clear();
        }
    }

    // Returns the images of an iteration: the first dimension of the first top, times the passes.
    private static int BatchSize(Solver solver) =>
        solver.TrainNet.Layers[0].Tops is [var top, ..] && top.AxisCount > 0
            ? top.Dim(0) * solver.PassesAnIteration
            : 0;

    private sealed class LiveSink(LiveLine live) : ILogEventSink
    {
        private readonly GlogFormatter formatter = new();

        public void Emit(LogEvent logEvent)
        {
            using var line = new StringWriter();
            formatter.Format(logEvent, line);
            live.WriteAbove(line.ToString().TrimEnd('\n'));
        }
    }
}
