using Cnn.Engine.Solvers;
using Serilog.Core;

namespace Cnn.Runner.Display;

/// <summary>Shows a run: as plain log lines here, with a live line below them on a terminal.</summary>
internal class TrainingDisplay : IDisposable
{
    protected TrainingDisplay(ILogEventSink? sink) => Sink = sink;

    /// <summary>The sink of the log lines; null when they are not shown.</summary>
    public ILogEventSink? Sink { get; }

    /// <summary>Creates the display that suits a console.</summary>
    public static TrainingDisplay For(CommandConsole console) => console is { Live: { } live, IsQuiet: false }
        ? new LiveTrainingDisplay(live)
        : new TrainingDisplay(console.LogSink);

    /// <summary>Runs a solver.</summary>
    public virtual bool Run(Solver solver, Func<bool> solve) => solve();

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
