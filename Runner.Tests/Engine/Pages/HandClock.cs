namespace Cnn.Tests.Engine.Pages;

/// <summary>A clock whose timers ring when the test says so.</summary>
internal sealed class HandClock : TimeProvider
{
    private readonly List<HandTimer> timers = [];

    /// <summary>The times after which its timers were told to ring, in order.</summary>
    public IReadOnlyList<TimeSpan> Asked
    {
        get
        {
            lock (timers)
            {
                return [.. timers.SelectMany(t => t.Asked)];
            }
        }
    }

    /// <summary>Lets all timers ring.</summary>
    public void Ring()
    {
        foreach (HandTimer timer in timers)
        {
            timer.Ring();
        }
    }

    public override DateTimeOffset GetUtcNow() => SampleRuns.Started;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HandTimer(() => callback(state), timers);
        timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class HandTimer(Action ring, object gate) : ITimer
    {
        public List<TimeSpan> Asked { get; } = [];

        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (gate)
            {
                Asked.Add(dueTime);
                return true;
            }
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
