using Cnn.Engine.Distributed;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Tests.Engine.Distributed;

namespace Cnn.Tests.Engine.Graph;

[Trait("Category", "Unit")]
public class NetTesterTests
{
    [Fact]
    public void ScoresAreTheMeansOfTheBatches()
    {
        using var pool = new WorkerPool(1);
        using Net net = BatchNets.Build(BatchNets.Classifier, pool);
        using Net again = BatchNets.Build(BatchNets.Classifier, pool);
        List<float> accuracies = [], losses = [];
        var progress = new Recorded();

        NetScores scores = NetTester.Test(net, 4, new NetTestOptions
        {
            Progress = progress,
            Tested = batch =>
            {
                again.Forward();
                Assert.Equal(again.FindBlob("loss").Data[0], batch.Loss);
                Assert.Equal(again.FindBlob("accuracy").Data[0], batch.Blobs[0].Data[0]);
                accuracies.Add(batch.Blobs[0].Data[0]);
                losses.Add(batch.Loss);
            },
        });

        Assert.Equal([0, 1, 2, 3], progress.Values);
        Assert.Equal(["accuracy", "loss"], scores.Outputs.Select(o => o.Blob));
        Assert.Equal(accuracies.Average(a => (double)a), scores.Outputs[0].Mean);
        Assert.Equal(losses.Average(l => (double)l), scores.Loss);
        Assert.Equal(4, net.Clock.Pass);
    }

    [Theory]
    [InlineData(BatchNets.Classifier)]
    [InlineData(BatchNets.Detector)]
    public void ProcessesReturnTheScoresOfOne(string net)
    {
        string[] alone = Test(net, null);

        Assert.All(InProcessJob.Run(2, group => Test(net, group)), rank => Assert.Equal(alone, rank));
    }

    [Fact]
    public void OneProcessCancelsAll()
    {
        bool[] areCommon = InProcessJob.Run(3, group =>
        {
            using var pool = new WorkerPool(1);
            using Net net = BatchNets.Build(BatchNets.Classifier, pool);
            using var source = new CancellationTokenSource();
            var options = new NetTestOptions
            {
                Processes = group,
                Tested = batch => Cancel(batch.Index == 4 && group.Rank == 1, source),
            };
            var cancelled = Assert.Throws<OperationCanceledException>(
                () => NetTester.Test(net, 100, options, source.Token));
            return ReferenceEquals(cancelled, group.CommonFailure);
        });

        Assert.Equal([true, true, true], areCommon);

        static void Cancel(bool now, CancellationTokenSource source)
        {
            if (now)
            {
                source.Cancel();
            }
        }
    }

    [Theory]
    [InlineData(0, "Integral", "cannot test a net with 0 batches; choose 1 or more")]
    [InlineData(1, "12point", "unknown ap_version '12point'; it must be Integral or MaxIntegral or 11point")]
    public void AMistakeIsNamed(int batches, string version, string expected)
    {
        using var pool = new WorkerPool(1);
        using Net net = BatchNets.Build(BatchNets.Classifier, pool);

        var error = Assert.Throws<CnnException>(
            () => NetTester.Test(net, batches, new NetTestOptions { ApVersion = version }));

        Assert.Equal(expected, error.Message);
    }

    private static string[] Test(string text, ProcessGroup? group)
    {
        using var pool = new WorkerPool(1);
        using Net net = BatchNets.Build(text, pool, isForInference: true);
        List<string> lines = [];
        NetScores scores = NetTester.Test(net, 5, new NetTestOptions
        {
            Processes = group,
            Tested = batch => lines.Add($"{batch.Index} {batch.Loss:R} {batch.Blobs[0].Data[0]:R}"),
        });
        return
        [
            .. lines,
            $"{scores.Loss:R}",
            .. scores.Outputs.Select(o => $"{o.Blob} {o.Mean:R}"),
            .. scores.Precisions.Select(p => $"{p}"),
        ];
    }

    private sealed class Recorded : IProgress<int>
    {
        public List<int> Values { get; } = [];

        public void Report(int value) => Values.Add(value);
    }
}
