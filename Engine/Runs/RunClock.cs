using System.Diagnostics;

namespace Cnn.Engine.Runs;

/// <summary>The time of a run: a moment at its start, and what has passed since.</summary>
/// <param name="clock">The clock; without one the time is measured from the start on.</param>
/// <param name="started">The moment at the start, where there is no clock.</param>
internal sealed class RunClock(TimeProvider? clock, DateTimeOffset started)
{
    private readonly DateTimeOffset start = clock?.GetUtcNow() ?? started.ToUniversalTime();
    private readonly long startTimestamp = clock?.GetTimestamp() ?? Stopwatch.GetTimestamp();

    /// <summary>The time since the start.</summary>
    public TimeSpan Elapsed => clock?.GetElapsedTime(startTimestamp) ?? Stopwatch.GetElapsedTime(startTimestamp);

    /// <summary>The moment.</summary>
    public DateTimeOffset Now => start + Elapsed;

    /// <summary>The moment as milliseconds since 1970.</summary>
    public long Milliseconds => Now.ToUnixTimeMilliseconds();
}
