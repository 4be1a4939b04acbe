namespace Cnn.Layers.Threading;

/// <summary>
/// Lets one worker sleep and others wake it, at the cost of one read while it is awake: the worker announces that it
/// will sleep, looks for work once more, and only then sleeps.
/// </summary>
internal sealed class Sleeper : IDisposable
{
    private readonly SemaphoreSlim signal = new(0);
    private int announced;

    /// <summary>Announces that the worker is about to look for work one last time and then sleep.</summary>
    public void Announce() => Interlocked.Exchange(ref announced, 1);

    /// <summary>Sleeps until woken; returns at once if woken since <see cref="Announce"/>.</summary>
    public void Sleep() => signal.Wait();

    /// <summary>
    /// Withdraws the announcement: the worker is awake. A wake-up that came meanwhile ends its next sleep early, which
    /// is harmless.
    /// </summary>
    public void Withdraw() => Interlocked.Exchange(ref announced, 0);

    /// <summary>
    /// Wakes the worker if it has announced that it will sleep. A full memory barrier precedes the read.
    /// </summary>
    public void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref announced) != 0 && Interlocked.Exchange(ref announced, 0) != 0)
        {
            signal.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => signal.Dispose();
}
