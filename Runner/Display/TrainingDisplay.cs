using Cnn.Engine.Solvers;
using Cnn.Runner.Reports;
using Serilog.Core;

namespace Cnn.Runner.Display;

/// <summary>Shows a run: as plain log lines here, with a live line below them on a terminal.</summary>
internal class TrainingDisplay : IDisposable
{
    protected TrainingDisplay(ILogEventSink sink) => Sink = sink;

    /// <summary>The sink of the log lines.</summary>
    public ILogEventSink Sink { get; }

    /// <summary>Creates the display that suits a console.</summary>
    public static TrainingDisplay For(CommandConsole console) => console.Live is { } live
        ? new LiveTrainingDisplay(live)
        : new TrainingDisplay(new WriterSink(console.Error));

    /// <summary>Runs a solver.</summary>
    public virtual bool Run(Solver solver, Func<bool> solve) => solve();

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
