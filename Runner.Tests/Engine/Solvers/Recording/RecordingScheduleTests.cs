using Cnn.Engine.Solvers.Recording;

namespace Cnn.Tests.Engine.Solvers.Recording;

[Trait("Category", "Unit")]
public class RecordingScheduleTests
{
    [Fact]
    public void AnIntervalThatIsGivenHoldsThroughout()
    {
        var schedule = new RecordingSchedule(7, 10);

        Assert.Equal([0L, 7, 14, 21, 28], Due(schedule, 30));
    }

    [Fact]
    public void WithoutOneFewerAndFewerAreRecorded()
    {
        var schedule = new RecordingSchedule(0, 4);

        Assert.Equal([0L, 1, 2, 3, 4, 6, 8, 12, 16, 24], Due(schedule, 32));
    }

    [Fact]
    public void TheLargestIterationIsReachedAtOnce() =>
        Assert.False(new RecordingSchedule(0, 10_000).IsDue(long.MaxValue));

    private static IEnumerable<long> Due(RecordingSchedule schedule, int count) =>
        Enumerable.Range(0, count).Select(i => (long)i).Where(schedule.IsDue);
}
