using Cnn.Engine.Pages;
using Cnn.Engine.Runs;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Pages;

[Trait("Category", "Unit")]
public sealed class PageRefresherTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder folder = new();
    private readonly HandClock clock = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ThePageIsWrittenWhenTheClockRingsAndWhenTheRunEnds()
    {
        using RunWriter writer = Open();
        using (var refresher = new PageRefresher(writer, clock, error => Assert.Fail(error.Message)))
        {
            Assert.Equal([TimeSpan.FromSeconds(2)], clock.Asked);
            Assert.False(File.Exists(refresher.Path));

            writer.Scalar("train/loss", 10, 0.125);
            clock.Ring();
            Assert.True(SpinWait.SpinUntil(() => clock.Asked.Count == 2, Patience));
            Assert.InRange(clock.Asked[1], TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(2));
            string page = File.ReadAllText(refresher.Path);
            Assert.Contains("\"state\":\"running\"", page, StringComparison.Ordinal);
            Assert.Contains("0.125", page, StringComparison.Ordinal);
            writer.End(RunState.Completed);
        }

        Assert.Contains(
            "\"state\":\"completed\"", File.ReadAllText(Path.Combine(writer.Folder, PageRefresher.FileName)),
            StringComparison.Ordinal);
        clock.Ring();
    }

    [Fact]
    public void APageThatCannotBeWrittenIsToldOnceAndTheRunGoesOn()
    {
        using RunWriter writer = Open();
        Directory.CreateDirectory(Path.Combine(writer.Folder, PageRefresher.FileName));
        var told = new List<CnnException>();
        using (new PageRefresher(writer, clock, told.Add))
        {
            for (int i = 1; i <= 3; i++)
            {
                clock.Ring();
                Assert.True(SpinWait.SpinUntil(() => clock.Asked.Count == i + 1, Patience));
            }
        }

        Assert.Contains("it is a folder", Assert.Single(told).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(16, 5)]
    [InlineData(50, 15)]
    [InlineData(60_000, 120)]
    public void MakingThePageTakesASmallPartOfTheTime(int milliseconds, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds), PageRefresher.PauseAfter(TimeSpan.FromMilliseconds(milliseconds)));

    private RunWriter Open() => RunWriter.Open(
        Directory.CreateDirectory(folder["run"]).FullName,
        new RunInfo { Net = "LeNet", Started = SampleRuns.Started, MaxIterations = 100 });
}
