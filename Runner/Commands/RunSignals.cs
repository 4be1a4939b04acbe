using System.Runtime.InteropServices;
using Cnn.Runner.Solvers;

namespace Cnn.Runner.Commands;

/// <summary>
/// Signals to a training run: interrupt or terminate once to end the iteration, twice to stop at once; hang up for a
/// snapshot.
/// </summary>
internal sealed class RunSignals : IDisposable
{
    private readonly SolverControl control;
    private readonly List<PosixSignalRegistration> registrations = [];

    /// <summary>Starts to listen.</summary>
    public RunSignals(SolverControl control)
    {
        this.control = control;
        registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop));
        registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop));
        registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, Snapshot));
    }

    /// <summary>Ends the listening.</summary>
    public void Dispose() => registrations.ForEach(r => r.Dispose());

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (control.StopRequested)
        {
            Environment.Exit(ExitCode.Interrupted);
        }

        control.RequestStop();
    }

    private void Snapshot(PosixSignalContext context)
    {
        context.Cancel = true;
        control.RequestSnapshot();
    }
}
