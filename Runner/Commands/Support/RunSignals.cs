using System.Runtime.InteropServices;
using Cnn.Engine.Solvers;

namespace Cnn.Runner.Commands.Support;

/// <summary>
/// Handles signals to a training run. Interrupt and hang-up have the effects that the user chose; terminate stops the
/// run. A second stop ends the program at once.
/// </summary>
internal sealed class RunSignals : IDisposable
{
    private readonly SolverControl control;
    private readonly List<PosixSignalRegistration> registrations = [];

    // Kept here, as the solver clears a stop that it has obeyed while it still writes its last snapshot.
    private volatile bool stopped;

    /// <summary>Starts to listen for signals.</summary>
    public RunSignals(SolverControl control, SignalEffect onInterrupt, SignalEffect onHangUp)
    {
        this.control = control;
        Listen(PosixSignal.SIGINT, onInterrupt);
        Listen(PosixSignal.SIGTERM, SignalEffect.Stop);
        Listen(PosixSignal.SIGHUP, onHangUp);
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => registrations.ForEach(r => r.Dispose());

    private void Listen(PosixSignal signal, SignalEffect effect) =>
        registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            if (effect == SignalEffect.Snapshot)
            {
                control.RequestSnapshot();
            }
            else if (effect == SignalEffect.Stop)
            {
                Stop();
            }
        }));

    private void Stop()
    {
        if (stopped)
        {
            Environment.Exit(ExitCode.Interrupted);
        }

        stopped = true;
        control.RequestStop();
    }
}
