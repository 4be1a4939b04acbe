using System.Runtime.InteropServices;

namespace Cnn.Engine.Distributed.Mpi;

/// <summary>
/// Keeps what the runtime and the program do about signals while a library is loaded and started that may set handlers
/// of its own. UCX, which carries MPICH's messages, sets such ones for faults: the runtime sees null references and
/// faults that it expects in its own code by its handlers, while UCX's end the process.
/// </summary>
internal sealed unsafe partial class SignalHandlers : IDisposable
{
    // More than any system's struct sigaction has.
    private const int ActionBytes = 256;

    // SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGFPE, SIGSEGV, SIGTERM and SIGBUS.
    private static readonly int[] Signals = [1, 2, 3, 4, 8, 11, 15, OperatingSystem.IsMacOS() ? 10 : 7];

    private readonly byte[] actions = new byte[Signals.Length * ActionBytes];

    /// <summary>Notes the handlers.</summary>
    public SignalHandlers()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // UCX looks at the variables that C sees. Without the first two a fault between its start and the end of this
        // would still be its own. The third keeps it from rewriting the C library's code, which other threads, such as
        // the garbage collector's, run meanwhile; it then registers memory with the network anew for each message.
        _ = SetEnv("UCX_ERROR_SIGNALS", "", overwrite: 0);
        _ = SetEnv("UCX_DEBUG_SIGNO", "0", overwrite: 0);
        _ = SetEnv("UCX_MEM_MMAP_HOOK_MODE", "none", overwrite: 0);
        fixed (byte* saved = actions)
        {
            for (int i = 0; i < Signals.Length; i++)
            {
                _ = SigAction(Signals[i], null, saved + (i * ActionBytes));
            }
        }
    }

    /// <summary>Sets them as they were.</summary>
    public void Dispose()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        fixed (byte* saved = actions)
        {
            for (int i = 0; i < Signals.Length; i++)
            {
                _ = SigAction(Signals[i], saved + (i * ActionBytes), null);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int SigAction(int signal, void* action, void* old);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
