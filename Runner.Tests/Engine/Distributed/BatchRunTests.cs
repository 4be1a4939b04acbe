using Cnn.Engine.Distributed;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Distributed;

[Trait("Category", "Unit")]
public class BatchRunTests
{
    private const int Batches = 7, FirstPass = 5;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void EachProcessIsHandedWhatOneAloneWouldHaveComputed(int size)
    {
        Handed alone = Run(BatchNets.Detector, null, "detection_eval", "truth");
        Assert.Equal(Batches, alone.Batches.Length);
        Assert.NotEqual(alone.Batches[0].Split('|')[1].Length, alone.Batches[1].Split('|')[1].Length);

        Handed[] ranks = InProcessJob.Run(
            size, group => Run(BatchNets.Detector, group, "detection_eval", "truth"));

        Assert.All(ranks, rank => Assert.Equal(alone.Batches, rank.Batches));
        Assert.All(ranks, rank => Assert.Equal(FirstPass + Batches, rank.Pass));
        Assert.Equal(Enumerable.Range(0, Batches), ranks.SelectMany(rank => rank.Ran).Order());
    }

    // So what is loaded ahead at the end of a test is right for the next one.
    [Fact]
    public void AProcessRunsThePassesOfItsShare()
    {
        Handed[] ranks = InProcessJob.Run(3, group => Run(BatchNets.Classifier, group, "loss"));

        for (int rank = 0; rank < ranks.Length; rank++)
        {
            var share = new PassShare(3, rank, 1);
            Assert.All(ranks[rank].Ran, batch => Assert.True(share.Has(FirstPass + batch)));
            Assert.Equal(share, ranks[rank].ShareOfARun);
            Assert.Equal(PassShare.All, ranks[rank].ShareAfterwards);
        }
    }

    [Theory]
    [InlineData(BatchNets.Recurrent, "lstm")]
    [InlineData(BatchNets.Measuring, "norm")]
    public void ANetThatDependsOnEarlierPassesRunsWholeInEachProcess(string net, string blob)
    {
        Handed alone = Run(net, null, blob);

        Handed[] ranks = InProcessJob.Run(2, group => Run(net, group, blob));

        Assert.All(ranks, rank => Assert.Equal(alone.Batches, rank.Batches));
        Assert.All(ranks, rank => Assert.Equal(Enumerable.Range(0, Batches), rank.Ran));
        Assert.All(ranks, rank => Assert.Equal(alone.State, rank.State));
    }

    [Theory]
    [InlineData(BatchNets.Classifier, "loss")]
    [InlineData(BatchNets.Recurrent, "lstm")]
    public void AStopOfOneProcessEndsTheRunInAllAfterTheSameBatch(string net, string blob)
    {
        Handed[] ranks = InProcessJob.Run(
            3, group => Run(net, group, done => group.Rank == 1 && done >= 3, null, blob));

        Assert.All(ranks, rank => Assert.False(rank.IsWhole));
        Assert.All(ranks, rank => Assert.Equal(3, rank.Batches.Length));
    }

    [Theory]
    [InlineData(BatchNets.Classifier, "loss")]
    [InlineData(BatchNets.Recurrent, "lstm")]
    public void AnErrorOfOneProcessIsAnErrorOfAll(string net, string blob)
    {
        string[] errors = InProcessJob.Run(3, group =>
        {
            var error = Assert.Throws<CnnException>(() => Run(net, group, null, Fail, blob));
            Assert.Same(error, group.CommonFailure);
            return error.Message;

            void Fail(int batch)
            {
                if (group.Rank == 1)
                {
                    throw new CnnException("a.png cannot be read", "look at it");
                }
            }
        });

        Assert.All(errors, error => Assert.Equal("on rank 1: a.png cannot be read; look at it", error));
    }

    [Fact]
    public void WhatIsWrongInAllSaysNothingOfRanks()
    {
        string[] errors = InProcessJob.Run(2, group => Assert.Throws<CnnException>(
            () => Run(BatchNets.Classifier, group, null, _ => throw new CnnException("lost"), "loss")).Message);

        Assert.Equal(["lost", "lost"], errors);
    }

    [Fact]
    public void ANetThatWritesAFileIsRefused()
    {
        using var folder = new TemporaryFolder();
        string net = BatchNets.Classifier + $$"""
            layer { name: "out" type: "HDF5Output" bottom: "ip" bottom: "label"
              hdf5_output_param { file_name: "{{folder["out.h5"]}}" } }
            """;

        string[] errors = InProcessJob.Run(
            2, group => Assert.Throws<CnnException>(() => Run(net, group, "loss")).Message);

        Assert.All(errors, error => Assert.Contains(
            "each of 2 processes would write the file of a HDF5Output layer; run this net in one process", error));
        Assert.True(Run(net, null, "loss").IsWhole);
    }

    [Fact]
    public void ANetThatLogsWhatItComputesRunsWhole()
    {
        Handed[] ranks = InProcessJob.Run(2, group => Run("debug_info: true " + BatchNets.Classifier, group, "loss"));

        Assert.All(ranks, rank => Assert.Equal(Batches, rank.Ran.Length));
    }

    private static Handed Run(string text, ProcessGroup? group, params string[] blobs) =>
        Run(text, group, null, null, blobs);

    private static Handed Run(
        string text, ProcessGroup? group, Func<int, bool>? goesNoFurther, Action<int>? ran, params string[] blobs)
    {
        using var pool = new WorkerPool(1);
        using Net net = BatchNets.Build(text, pool);
        List<string> batches = [];
        List<int> own = [];
        PassShare share = default;
        var run = new BatchRun(net, blobs, group)
        {
            GoesNoFurther = goesNoFurther,
            Ran = batch =>
            {
                own.Add(batch);
                share = net.Clock.Share;
                ran?.Invoke(batch);
            },
        };
        bool isWhole = run.Run(FirstPass, Batches, batch =>
        {
            Assert.Equal(batches.Count, batch.Index);
            batches.Add(string.Join('|', batch.Blobs.Select(Describe).Append($"{batch.Loss:R}")));
        });
        string[] state = [.. net.Layers.SelectMany(l => l.Layer.Blobs.Concat(l.Layer.State)).Select(Describe)];
        return new Handed([.. batches], [.. own], isWhole, net.Clock.Pass, share, net.Clock.Share, state);
    }

    private static string Describe(Blob blob) =>
        string.Join(' ', blob.Shape.ToArray()) + ": " + string.Join(' ', blob.Data.ToArray());

    private sealed record Handed(
        string[] Batches,
        int[] Ran,
        bool IsWhole,
        long Pass,
        PassShare ShareOfARun,
        PassShare ShareAfterwards,
        string[] State);
}
