using System.Runtime.InteropServices;
using Cnn.Engine.Distributed;
using Cnn.Engine.Solvers;

namespace Cnn.Runner.Commands.Support;

/// <summary>
/// Handles signals to a training run. Interrupt and hang-up have the effects that the user chose; terminate stops the
/// run. A second stop ends the program at once, in all processes that train the net together.
/// </summary>
internal sealed class RunSignals : IDisposable
{
    private readonly SolverControl control;
    private readonly ProcessGroup? group;
    private readonly List<PosixSignalRegistration> registrations = [];

    // Kept here, as the solver clears a stop that it has obeyed while it still writes its last snapshot.
    private volatile bool stopped;

    /// <summary>Starts to listen for signals.</summary>
    /// <param name="control">The control of the run.</param>
    /// <param name="group">The processes that train the net together; null where this one trains alone.</param>
    /// <param name="onInterrupt">What an interrupt does.</param>
    /// <param name="onHangUp">What a hang-up does.</param>
    public RunSignals(
        SolverControl control, ProcessGroup? group, SignalEffect onInterrupt, SignalEffect onHangUp)
    {
        (this.control, this.group) = (control, group);
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
            group?.Abort(ExitCode.Interrupted);
            Environment.Exit(ExitCode.Interrupted);
        }

        stopped = true;
        control.RequestStop();
    }
}
