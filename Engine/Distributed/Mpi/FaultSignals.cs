using System.Runtime.InteropServices;

namespace Cnn.Engine.Distributed.Mpi;

/// <summary>
/// What the runtime does about the signals of faults, by which it sees a null reference, for example. UCX, which
/// carries MPICH's messages, sets handlers of its own that end the process.
/// </summary>
internal sealed unsafe partial class FaultSignals : IDisposable
{
    // More than any system's struct sigaction has.
    private const int ActionBytes = 256;

    private static readonly int[] Signals = OperatingSystem.IsMacOS() ? [4, 8, 10, 11] : [4, 7, 8, 11];

    private readonly byte[] actions = new byte[Signals.Length * ActionBytes];

    /// <summary>Keeps what is done about SIGILL, SIGFPE, SIGBUS and SIGSEGV now.</summary>
    public FaultSignals()
    {
        if (!OperatingSystem.IsWindows())
        {
            fixed (byte* saved = actions)
            {
                for (int i = 0; i < Signals.Length; i++)
                {
                    _ = SigAction(Signals[i], null, saved + (i * ActionBytes));
                }
            }
        }
    }

    /// <summary>Puts it back.</summary>
    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            fixed (byte* saved = actions)
            {
                for (int i = 0; i < Signals.Length; i++)
                {
                    _ = SigAction(Signals[i], saved + (i * ActionBytes), null);
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int SigAction(int signal, void* action, void* old);
}
