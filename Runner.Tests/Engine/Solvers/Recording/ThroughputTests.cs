using Cnn.Engine.Solvers;
using Cnn.Engine.Solvers.Recording;

namespace Cnn.Tests.Engine.Solvers.Recording;

[Trait("Category", "Unit")]
public class ThroughputTests
{
    private TimeSpan waited;

    [Fact]
    public void TheLastFiguresNeedNoSecondOfSteps()
    {
        StepWait wait = Waiting();
        var throughput = new Throughput(8, wait);
        Run(wait, 4);

        // The first step does not count.
        Assert.True(throughput.TryTake(isLast: true, out double images, out double waiting));
        Assert.Equal(8 * 3 / wait.Time.TotalSeconds, images, 1e-6 * images);
        Assert.Equal(wait.Waited / wait.Time, waiting, 1e-9);
    }

    [Fact]
    public void FiguresAreThoseOfTheStepsSinceTheOnesBefore()
    {
        StepWait wait = Waiting();
        var throughput = new Throughput(8, wait);
        Run(wait, 4);
        Assert.True(throughput.TryTake(isLast: true, out _, out _));
        var (time, waitedBefore) = (wait.Time, wait.Waited);
        Run(wait, 2);

        Assert.True(throughput.TryTake(isLast: true, out double images, out double waiting));
        Assert.Equal(8 * 2 / (wait.Time - time).TotalSeconds, images, 1e-6 * images);
        Assert.Equal((wait.Waited - waitedBefore) / (wait.Time - time), waiting, 1e-9);
    }

    [Fact]
    public void WithoutAStepThereIsNothingToMeasure()
    {
        var throughput = new Throughput(8, Waiting());

        Assert.False(throughput.TryTake(isLast: true, out double images, out double waiting));
        Assert.Equal((0, 0), (images, waiting));
    }

    private StepWait Waiting() => new(() => waited, "", null);

    // A step that takes time, a part of which counts as waiting.
    private void Run(StepWait wait, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            wait.BeginStep();
            Thread.SpinWait(1000);
            waited += TimeSpan.FromMicroseconds(1);
            wait.EndStep();
        }
    }
}
