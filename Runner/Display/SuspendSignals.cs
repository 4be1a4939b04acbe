using System.Runtime.InteropServices;

namespace Cnn.Runner.Display;

/// <summary>Tells when the user suspends the program with Ctrl-Z, and when it goes on.</summary>
internal sealed class SuspendSignals : IDisposable
{
    private readonly PosixSignalRegistration[] registrations;

    /// <summary>Starts to listen; Windows has no such signals.</summary>
    /// <param name="suspend">Called before the program is suspended.</param>
    /// <param name="resume">Called when it goes on.</param>
    public SuspendSignals(Action suspend, Action resume) => registrations = OperatingSystem.IsWindows()
        ? []
        :
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTSTP, _ => suspend()),
            PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => resume()),
        ];

    /// <summary>Stops listening.</summary>
    public void Dispose() => Array.ForEach(registrations, r => r.Dispose());
}
