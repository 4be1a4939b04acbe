namespace Cnn.Campaigns.Fuzz.Working;

/// <summary>
/// Ends the process when one input takes far too long: much processor time, or a quarter of an hour without any, as
/// when a thread waits for what never comes. The input is in <see cref="CurrentInput"/>, where the parent finds it.
/// </summary>
internal sealed class HangWatch
{
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(15), MostProcessor = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private long number;

    /// <summary>Begins to watch.</summary>
    public HangWatch() => new Thread(Watch) { IsBackground = true }.Start();

    /// <summary>The next input is read.</summary>
    public void Next() => Volatile.Write(ref number, number + 1);

    private void Watch()
    {
        long last = -1, since = 0;
        TimeSpan processor = default;
        while (true)
        {
            Thread.Sleep(Step);
            long now = Volatile.Read(ref number);
            if (now != last)
            {
                (last, since, processor) = (now, Environment.TickCount64, Environment.CpuUsage.TotalTime);
            }
            else if (Environment.CpuUsage.TotalTime - processor > MostProcessor
                || Environment.TickCount64 - since > MostTime.TotalMilliseconds)
            {
                Environment.Exit(DeadWorker.Hangs);
            }
        }
    }
}
