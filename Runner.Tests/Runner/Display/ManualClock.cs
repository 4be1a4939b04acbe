namespace Cnn.Tests.Runner.Display;

/// <summary>A clock that goes on when a test says so.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long ticks;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => ticks;

    /// <summary>Goes on for some seconds.</summary>
    public void Advance(double seconds) => ticks += (long)(seconds * TimeSpan.TicksPerSecond);
}
