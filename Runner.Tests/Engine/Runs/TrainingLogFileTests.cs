using Cnn.Engine.Runs;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Runs;

[Trait("Category", "Unit")]
public sealed class TrainingLogFileTests : IDisposable
{
    // As the real Caffe 1.0 logs a run.
    private const string CaffeLog =
        """
        I1231 23:59:50.000000 31416 caffe.cpp:211] Use CPU.
        I1231 23:59:50.100000 31416 solver.cpp:44] Initializing solver from parameters:
        test_iter: 10
        base_lr: 0.01
        max_iter: 200
        lr_policy: "step"
        average_loss: 20
        train_state {
          level: 0
          stage: ""
        }
        net: "train_val.prototxt"
        I1231 23:59:50.200000 31416 solver.cpp:87] Creating training net from net file: train_val.prototxt
        I1231 23:59:50.300000 31416 net.cpp:51] Initializing net from parameters:
        name: "Small"
        layer {
          name: "data"
        }
        I1231 23:59:50.400000 31416 net.cpp:51] Initializing net from parameters:
        name: "Small"
        I1231 23:59:51.000000 31416 solver.cpp:272] Solving Small
        I1231 23:59:51.100000 31416 solver.cpp:330] Iteration 0, Testing net (#0)
        I1231 23:59:52.000000 31416 solver.cpp:397]     Test net output #0: accuracy = 0.1
        I1231 23:59:52.000000 31416 solver.cpp:397]     Test net output #1: loss = 2.5 (* 1 = 2.5 loss)
        I1231 23:59:52.100000 31416 solver.cpp:330] Iteration 0, Testing net (#1)
        I1231 23:59:52.200000 31416 solver.cpp:397]     Test net output #0: accuracy = 0.2
        I1231 23:59:53.000000 31416 solver.cpp:218] Iteration 0 (-nan iter/s, 1.9s/100 iters), loss = 2.4
        I1231 23:59:53.000000 31416 solver.cpp:237]     Train net output #0: loss = 2.3 (* 1 = 2.3 loss)
        I1231 23:59:53.000000 31416 solver.cpp:237]     Train net output #1: top = 0.125
        I1231 23:59:53.000000 31416 sgd_solver.cpp:105] Iteration 0, lr = 0.01
        I0101 00:00:13.000000 31416 solver.cpp:218] Iteration 100 (5 iter/s, 20s/100 iters), loss = 1.5
        I0101 00:00:13.000000 31416 solver.cpp:237]     Train net output #0: loss = 1.25 (* 1 = 1.25 loss)
        I0101 00:00:13.000000 31416 sgd_solver.cpp:105] Iteration 100, lr = 0.001
        I0101 00:00:20.000000 31416 solver.cpp:447] Snapshotting to binary proto file a_iter_200.caffemodel
        I0101 00:00:20.000000 31416 sgd_solver.cpp:273] Snapshotting solver state to binary proto file a.solverstate
        I0101 00:00:20.500000 31416 solver.cpp:310] Iteration 200, loss = 1.0
        I0101 00:00:20.500000 31416 solver.cpp:315] Optimization Done.

        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ALogOfCaffeHasItsFiguresUnderTheNamesOfARun()
    {
        RunRecord run = Read(CaffeLog);

        Assert.Equal(
            [
                "test/accuracy", "test/loss", "test1/accuracy", "train/smoothed_loss", "train/loss", "train/top",
                "train/learning_rate", "train/iterations_per_second",
            ],
            run.Curves.Select(c => c.Name));
        Assert.Equal([(0L, 0.1)], Points(run, "test/accuracy"));
        Assert.Equal([(0L, 0.2)], Points(run, "test1/accuracy"));
        Assert.Equal([(0L, 2.4), (100, 1.5)], Points(run, "train/smoothed_loss"));
        Assert.Equal([(0L, 2.3), (100, 1.25), (200, 1.0)], Points(run, "train/loss"));
        Assert.Equal([(0L, 0.01), (100, 0.001)], Points(run, "train/learning_rate"));
        Assert.Equal([(100L, 5.0)], Points(run, "train/iterations_per_second"));
    }

    [Fact]
    public void ALogOfCaffeHasSettingsNetsTimeAndEnd()
    {
        RunRecord run = Read(CaffeLog);

        Assert.Equal("train", run.Name);
        Assert.Equal("Small", run.Info.Net);
        Assert.Equal(RunState.Completed, run.State);
        Assert.Equal((200L, 200L), (run.Iteration, run.Info.MaxIterations));
        Assert.Equal(TimeSpan.FromSeconds(30.5), run.Duration);
        Assert.Equal("a.solverstate", run.LastSnapshot);
        Assert.Equal(
            [
                "test_iter 10", "base_lr 0.01", "max_iter 200", "lr_policy step", "average_loss 20",
                "net train_val.prototxt",
            ],
            run.Info.Settings.Select(s => $"{s.Name} {s.Value}"));
        Assert.Equal(["solver.prototxt", "train_net.prototxt", "test_net.prototxt"], run.Definitions.Keys);
        Assert.StartsWith("name: \"Small\"\nlayer {", run.Definitions["train_net.prototxt"], StringComparison.Ordinal);
    }

    [Fact]
    public void TheLossOfARunThatDoesNotAverageIsThatOfTheIteration()
    {
        RunRecord run = Read(
            "I0131 12:34:56.123456     1 cnn:0] Solving LeNet\n"
            + "I0131 12:34:57.123456     1 cnn:0] Iteration 0 (0 iter/s, 0s/100 iters), loss = 2.5\n"
            + "I0131 12:34:57.123456     1 cnn:0]     Train net output #0: loss = 2.5 (* 1 = 2.5 loss)\n");

        Assert.Equal(["train/loss"], run.Curves.Select(c => c.Name));
        Assert.Equal("LeNet", run.Info.Net);
        Assert.Equal(RunState.Killed, run.State);
        Assert.Contains("has no end", run.Failure, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(1), run.Duration);
    }

    [Fact]
    public void AStoppedRunAndAFailedOneAreToldApart()
    {
        const string Begin = "I0131 12:34:57.1     1 cnn:0] Iteration 0, loss = 2.5\n";

        Assert.Equal(
            RunState.Stopped,
            Read(Begin + "I0131 12:34:58.1     1 solver.cpp:300] Optimization stopped early.\n"
                + "I0131 12:34:58.1     1 caffe.cpp:260] Optimization Done.\n").State);
        RunRecord failed = Read(Begin + "F0131 12:34:58.1     1 syncedmem.cpp:71] Check failed: out of memory\n");
        Assert.Equal((RunState.Failed, "Check failed: out of memory"), (failed.State, failed.Failure));
    }

    [Fact]
    public void AResumedRunsLaterValuesCount()
    {
        RunRecord run = Read(string.Concat(new[] { (0, 5), (10, 4), (20, 3), (10, 2), (20, 1) }.Select(
            p => $"I0131 12:34:57.1     1 cnn:0] Iteration {p.Item1}, loss = {p.Item2}\n")));

        Assert.Equal([(0L, 5.0), (10, 2), (20, 1)], Points(run, "train/loss"));
    }

    [Fact]
    public void AFileThatIsNoLogIsAMistakeInWords() => Assert.Contains(
        "holds neither tests nor displayed losses",
        Assert.Throws<CnnException>(() => Read("nothing\n")).Message,
        StringComparison.Ordinal);

    private RunRecord Read(string text) => TrainingLogFile.Read(folder.Write("train.log", text));

    private static IEnumerable<(long Iteration, double Value)> Points(RunRecord run, string name)
    {
        Assert.True(run.TryFind(name, out RunCurve? curve));
        return curve.Points.Select(p => (p.Iteration, p.Value));
    }
}
