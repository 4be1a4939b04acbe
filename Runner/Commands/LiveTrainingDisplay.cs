using System.Diagnostics;
using Cnn.Engine.Solvers;
using Cnn.Runner.Reports;
using Serilog.Core;
using Serilog.Events;
using Spectre.Console;

namespace Cnn.Runner.Commands;

/// <summary>A line on a terminal that says where the run stands, below the log lines.</summary>
internal sealed class LiveTrainingDisplay(IAnsiConsole terminal) : TrainingDisplay(new TerminalSink(terminal))
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc/>
    public override bool Run(Solver solver, Func<bool> solve)
    {
        bool result = false;
        terminal.Live(new Text("")).AutoClear(true).Start(live =>
        {
            var line = new ProgressLine(solver.Iteration, BatchSize(solver));
            var shown = Stopwatch.StartNew();
            solver.Progressed += progress =>
            {
                if (shown.Elapsed >= Pause)
                {
                    shown.Restart();
                    live.UpdateTarget(new Text(line.Describe(progress)));
                }
            };
            result = solve();
        });
        return result;
    }

    // The images of a pass: the first dimension of the first data.
    private static int BatchSize(Solver solver) =>
        solver.TrainNet.Layers[0].Tops is [var top, ..] && top.AxisCount > 0 ? top.Dim(0) * solver.PassesAnIteration : 0;

    private sealed class TerminalSink(IAnsiConsole terminal) : ILogEventSink
    {
        private readonly GlogFormatter formatter = new();

        public void Emit(LogEvent logEvent)
        {
            using var line = new StringWriter();
            formatter.Format(logEvent, line);
            terminal.Write(new LogLineAboveLive(line.ToString().TrimEnd('\n')));
        }
    }
}
