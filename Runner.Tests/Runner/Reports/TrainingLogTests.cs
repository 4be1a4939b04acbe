using Cnn.Proto;
using Cnn.Runner.Reports;

namespace Cnn.Tests.Runner.Reports;

[Trait("Category", "Unit")]
public sealed class TrainingLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ALogHasTheSmoothedLossAndEveryOutputOfEveryTestNet()
    {
        TrainingLog log = Read(
            "Iteration 0, Testing net (#0)",
            "    Test net output #0: accuracy = 0.25",
            "    Test net output #1: loss = 2.5 (* 1 = 2.5 loss)",
            "Iteration 0, Testing net (#1)",
            "    Test net output #0: accuracy = 0.5",
            "Iteration 0 (0 iter/s, 0s/100 iters), loss = 2.25",
            "    Train net output #0: loss = 9 (* 1 = 9 loss)",
            "Iteration 0, lr = 0.01",
            "Iteration 100 (12.5 iter/s, 8s/100 iters), loss = 1e-05",
            "Iteration 200, loss = 7",
            "Iteration 200, Testing net (#0)",
            "    Test net output #0: accuracy = 1");

        Assert.Equal(["accuracy", "loss", "accuracy #1", "train loss"], log.Curves.Select(c => c.Name));
        Assert.Equal([false, true, false, true], log.Curves.Select(c => c.IsLoss));
        Assert.Equal([0.0, 200], log.Curves[0].Iterations);
        Assert.Equal([0.25, 1], log.Curves[0].Values);
        Assert.Equal([0.0, 100], log.Curves[3].Iterations);
        Assert.Equal([2.25, 1e-5], log.Curves[3].Values);
    }

    [Fact]
    public void AnOldLogThatNamesNoSpeedHasItsLossesToo() =>
        Assert.Equal([2, 1], Read("Iteration 0, loss = 2", "Iteration 10, loss = 1").Curves.Single().Values);

    [Fact]
    public void WhereARunWasResumedTheLaterValuesCount()
    {
        TrainingLog log = Read(
            "Iteration 0, loss = 5", "Iteration 10, loss = 4", "Iteration 20, loss = 3", "Iteration 10, loss = 2",
            "Iteration 20, loss = 1");
        Assert.Equal([0.0, 10, 20], log.Curves[0].Iterations);
        Assert.Equal([5.0, 2, 1], log.Curves[0].Values);
    }

    [Fact]
    public void ValuesThatAreNoNumbersAreLeftOut() => Assert.Equal(
        [0.0],
        Read(
            "Iteration 0, loss = 5", "Iteration 10, loss = nan", "Iteration 20, loss = inf",
            "Iteration 30, loss = 1.2.3").Curves[0].Iterations);

    [Fact]
    public void AFileWithoutCurvesIsAnErrorAndSoIsNone()
    {
        Assert.Contains(
            "holds neither tests nor displayed losses", Assert.Throws<CnnException>(() => Read("nothing")).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "does not exist", Assert.Throws<CnnException>(() => TrainingLog.Read(folder["none"])).Message,
            StringComparison.Ordinal);
    }

    private TrainingLog Read(params string[] messages) => TrainingLog.Read(folder.Write(
        "train.log", string.Concat(messages.Select(m => $"I0131 12:34:56.123456     1 cnn:0] {m}\n"))));
}
