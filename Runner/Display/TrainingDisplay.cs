using Cnn.Engine.Solvers;
using Cnn.Proto;
using Serilog.Core;

namespace Cnn.Runner.Display;

/// <summary>Shows a run: as plain log lines here, in a panel on a terminal.</summary>
internal class TrainingDisplay : IDisposable
{
    protected TrainingDisplay(ILogEventSink? sink) => Sink = sink;

    /// <summary>The sink of the log lines; null when they are not shown.</summary>
    public ILogEventSink? Sink { get; }

    /// <summary>The address of the run's page, which a panel shows; empty when there is none.</summary>
    public string Page { get; set; } = "";

    /// <summary>Creates the display that suits a console.</summary>
    /// <param name="console">The console.</param>
    /// <param name="definition">The solver; who asks for debug_info wants to see the log lines.</param>
    /// <param name="clock">The clock.</param>
    public static TrainingDisplay For(CommandConsole console, SolverParameter definition, TimeProvider clock) =>
        console is { Block: { } block, IsQuiet: false } && !definition.DebugInfo
            ? new PanelTrainingDisplay(block, definition.AverageLoss, clock)
            : new TrainingDisplay(console.LogSink);

    /// <summary>Runs a solver.</summary>
    public virtual bool Run(Solver solver, Func<bool> solve) => solve();

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
