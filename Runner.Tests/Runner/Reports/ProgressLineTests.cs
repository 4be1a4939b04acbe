using Cnn.Engine.Solvers;
using Cnn.Runner.Reports;

namespace Cnn.Tests.Runner.Reports;

[Trait("Category", "Unit")]
public class ProgressLineTests
{
    [Fact]
    public void TheLineTellsSpeedAndTimeLeft()
    {
        var line = new ProgressLine(first: 100, images: 64);

        Assert.Equal(
            "iteration 300/1000  loss 0.25  lr 0.01  640 images/s  1:10 left",
            line.Describe(new TrainingProgress(300, 1000, 0.25f, 0.01f), TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void WithoutImagesTheSpeedIsInIterationsAndHoursShowWhenThereAreAny() => Assert.Equal(
        "iteration 1/10001  loss nan  lr 1e-05  0.5 iterations/s  5:33:20 left",
        new ProgressLine(first: 0, images: 0).Describe(
            new TrainingProgress(1, 10001, float.NaN, 1e-5f), TimeSpan.FromSeconds(2)));
}
