using System.Globalization;
using System.Runtime.InteropServices;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;
using Spectre.Console;

namespace Cnn.Runner.Display;

/// <summary>
/// Shows a run in a panel at the bottom of a terminal. The net's building is told in one line, warnings stand above the
/// panel; the last panel stays when the run ends.
/// </summary>
internal sealed class PanelTrainingDisplay : TrainingDisplay
{
    // The time between two drawings, as a multiple of that of one: drawing takes about a hundredth of the run's time.
    private const double PauseAfterDrawing = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200), LongestWait = TimeSpan.FromSeconds(1);

    // A net that is built at once, or refused, is not announced.
    private static readonly TimeSpan ShortBuilding = TimeSpan.FromMilliseconds(500);

    private readonly LiveBlock block;
    private readonly int averageLoss;
    private readonly TimeProvider clock;
    private readonly long began;
    private readonly TrainingPanel panel;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private AnsiText? text;
    private TrainingTracker? tracker;
    private bool isSuspended, hasEnded;

    /// <summary>Begins to show that the net is being built.</summary>
    /// <param name="block">Where the panel is.</param>
    /// <param name="averageLoss">The number of iterations that the solver's smoothed loss is the mean of.</param>
    /// <param name="clock">The clock.</param>
    public PanelTrainingDisplay(LiveBlock block, int averageLoss, TimeProvider clock)
        : base(new WarningSink(block))
    {
        (this.block, this.averageLoss, this.clock) = (block, averageLoss, clock);
        began = clock.GetTimestamp();
        panel = new TrainingPanel(block.Glyphs);
        timer = clock.CreateTimer(_ => Draw(), null, ShortBuilding, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public override bool Run(Solver solver, Func<bool> solve)
    {
        block.Show(["training"]);
        block.WriteAbove(Built(solver));
        var run = new TrainingTracker(solver, averageLoss, clock);
        tracker = run;
        timer.Change(Pause, Timeout.InfiniteTimeSpan);
        AppDomain.CurrentDomain.ProcessExit += Leave;
        AppDomain.CurrentDomain.UnhandledException += Leave;
        using PosixSignalRegistration? quit = OperatingSystem.IsWindows()
            ? null
            : PosixSignalRegistration.Create(PosixSignal.SIGQUIT, _ => Leave(this, EventArgs.Empty));
        using var suspension = new SuspendSignals(Suspend, Resume);
        var state = RunState.Failed;
        try
        {
            bool isWhole = solve();
            state = isWhole ? RunState.Completed : RunState.Stopped;
            return isWhole;
        }
        finally
        {
            run.End(state);
            Leave(this, EventArgs.Empty);
            AppDomain.CurrentDomain.ProcessExit -= Leave;
            AppDomain.CurrentDomain.UnhandledException -= Leave;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        timer.Dispose();
        lock (gate)
        {
            hasEnded = true;
            block.Clear();
            text?.Dispose();
        }

        base.Dispose();
    }

    /// <summary>Returns <c>LeNet: 9 layers, 431,080 parameters, built in 0.3 s</c>.</summary>
    private string Built(Solver solver)
    {
        string name = solver.TrainNet.Name is { Length: > 0 } given ? TerminalText.Printable(given) : "net";
        string from = solver.Iteration > 0
            ? string.Create(CultureInfo.InvariantCulture, $"; goes on from iteration {solver.Iteration:N0}")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {solver.TrainNet.Layers.Count(l => l.Type != SplitInsertion.Type)} layers, "
            + $"{solver.TrainNet.Layers.Sum(l => l.ParameterCount):N0} parameters, "
            + $"built in {clock.GetElapsedTime(began).TotalSeconds:0.0} s{from}");
    }

    // Where the terminal is slow, a drawing is left out rather than waited for.
    private void Draw()
    {
        long start = clock.GetTimestamp();
        if (gate.TryEnter())
        {
            try
            {
                TryShow();
            }
            finally
            {
                gate.Exit();
            }
        }

        long pause = (long)(clock.GetElapsedTime(start).Ticks * PauseAfterDrawing);
        var next = TimeSpan.FromTicks(Math.Clamp(pause, Pause.Ticks, LongestWait.Ticks));
        timer.Change(next, Timeout.InfiniteTimeSpan);
    }

    // Whatever happens to the panel, the training goes on.
    private void TryShow()
    {
        try
        {
            Show();
        }
        catch (Exception exception)
        {
            hasEnded = true;
            block.Clear();
            block.WriteAbove(TerminalText.Printable($"warning: the panel cannot be drawn: {exception.Message}"));
        }
    }

    private void Show()
    {
        if (hasEnded || isSuspended)
        {
            return;
        }

        if (tracker is not { } run)
        {
            block.Announce("building the net");
            return;
        }

        TrainingStatus status = run.Read() with { Page = Page };
        if (status is { State: RunState.Running, Loss: double.NaN } && status.Elapsed < LongestWait)
        {
            // Spectre takes a while to load, in which it would hold up the first iteration.
            return;
        }

        text ??= new AnsiText(ColorSystemSupport.Detect, block.Glyphs);
        int columns = block.Columns;
        block.Show(text.Lines(panel.Build(status, columns, block.Rows), columns));
    }

    // The process may also end while a drawing waits for a terminal that takes nothing.
    private void Leave(object? sender, EventArgs e)
    {
        if (gate.TryEnter(LongestWait))
        {
            try
            {
                TryShow();
                block.Leave();
                hasEnded = true;
            }
            finally
            {
                gate.Exit();
            }
        }
    }

    private void Suspend()
    {
        lock (gate)
        {
            isSuspended = true;
            block.Clear();
        }
    }

    private void Resume()
    {
        lock (gate)
        {
            isSuspended = false;
            TryShow();
        }
    }
}
