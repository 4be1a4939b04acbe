using System.Runtime.InteropServices;

namespace Cnn.Engine.Distributed;

/// <summary>
/// How the communication thread passes the time until messages have moved: it looks again at once while the training
/// waits for them, and leaves the processor to the training otherwise.
/// </summary>
internal sealed partial class CommunicationPause
{
    private const int SpinsBeforeYield = 100;
    private const uint SleepMicroseconds = 100;

    private int spins;

    /// <summary>Starts anew: something has moved.</summary>
    public void Reset() => spins = 0;

    /// <summary>Passes some time.</summary>
    /// <param name="isAwaited">Whether a thread does nothing but wait for the messages.</param>
    public void Wait(bool isAwaited)
    {
        if (!isAwaited)
        {
            Sleep();
        }
        else if (++spins < SpinsBeforeYield)
        {
            Thread.SpinWait(20);
        }
        else
        {
            Thread.Yield();
        }
    }

    // The least that Thread.Sleep can do is a millisecond, in which a fast network moves a megabyte.
    private static void Sleep()
    {
        if (OperatingSystem.IsWindows())
        {
            Thread.Sleep(1);
        }
        else
        {
            _ = USleep(SleepMicroseconds);
        }
    }

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int USleep(uint microseconds);
}
