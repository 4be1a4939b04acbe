using System.Runtime.InteropServices;

namespace Cnn.Runner.Display;

/// <summary>Does something before Ctrl-Z suspends the program, and when the program goes on.</summary>
internal sealed partial class SuspendSignals : IDisposable
{
    private readonly PosixSignalRegistration[] registrations;

    /// <summary>Starts to listen; Windows has no such signals.</summary>
    /// <param name="suspend">Called before the program is suspended.</param>
    /// <param name="resume">Called when it goes on.</param>
    public SuspendSignals(Action suspend, Action resume) => registrations = OperatingSystem.IsWindows()
        ? []
        :
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTSTP, context =>
            {
                // .NET does not stop a program that listens to this signal, whether it cancels it or not.
                context.Cancel = true;
                suspend();
                _ = Kill(Environment.ProcessId, OperatingSystem.IsLinux() ? 19 : 17);
            }),
            PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => resume()),
        ];

    /// <summary>Stops listening.</summary>
    public void Dispose() => Array.ForEach(registrations, r => r.Dispose());

    // The signal is SIGSTOP, whose number depends on the system.
    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
