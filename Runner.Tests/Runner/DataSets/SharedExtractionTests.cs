using Cnn.Engine.Distributed;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.DataSets;
using Cnn.Tests.Engine.Distributed;

namespace Cnn.Tests.Runner.DataSets;

/// <summary>Features of a net whose passes several processes share out.</summary>
[Trait("Category", "Unit")]
public sealed class SharedExtractionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(FeatureFormat.Lmdb)]
    [InlineData(FeatureFormat.Hdf5)]
    public void TheFilesHaveTheBytesOfOneProcess(FeatureFormat format)
    {
        Extract("alone", format, null);
        byte[][] alone = Files("alone");
        Assert.Equal(2, alone.Length);

        foreach (int size in (int[])[1, 2, 3])
        {
            string name = $"by{size}";
            InProcessJob.Run(size, group => Extract(name, format, group));

            Assert.Equal(alone, Files(name));
        }
    }

    [Fact]
    public void WhatRankZeroCannotWriteIsAnErrorOfAllAndNothingIsLeft()
    {
        Directory.CreateDirectory(folder["mine"]);
        folder.Write("mine/data", "mine");

        string[] errors = InProcessJob.Run(
            3, group => Assert.Throws<CnnException>(() => Extract("mine", FeatureFormat.Hdf5, group)).Message);

        Assert.All(errors, error => Assert.StartsWith("on rank 0: ", error, StringComparison.Ordinal));
        Assert.All(errors, error => Assert.Contains("data' exists already", error, StringComparison.Ordinal));
        Assert.Equal([folder["mine/data"]], Directory.GetFileSystemEntries(folder["mine"]));
    }

    [Fact]
    public void AMistakeOfAllIsToldWithoutRanks()
    {
        string[] errors = InProcessJob.Run(2, group => Assert.Throws<CnnException>(
            () => Extract("none", FeatureFormat.Lmdb, group, batches: 0)).Message);

        Assert.All(errors, error => Assert.Equal(
            "cannot extract the features of 0 batches; choose 1 or more", error));
        Assert.Empty(Directory.GetFileSystemEntries(folder["none"]));
    }

    [Fact]
    public void OneProcessCancelsAllAndNothingIsLeft()
    {
        InProcessJob.Run(3, group =>
        {
            using var source = new CancellationTokenSource();
            var progress = new Canceller(source, group.Rank == 2);
            return Assert.Throws<OperationCanceledException>(() => Extract(
                "none", FeatureFormat.Lmdb, group, batches: 50, progress, source.Token));
        });

        Assert.Empty(Directory.GetFileSystemEntries(folder["none"]));
    }

    private bool Extract(
        string name,
        FeatureFormat format,
        ProcessGroup? group,
        int batches = 7,
        IProgress<WriteProgress>? progress = null,
        CancellationToken cancel = default)
    {
        Directory.CreateDirectory(folder[name]);
        using var pool = new WorkerPool(1);
        using Net net = BatchNets.Build(BatchNets.Classifier, pool, isForInference: true, "ip", "data");
        FeatureExtractor.Extract(
            net,
            ["ip", "data"],
            [Path.Combine(folder[name], "ip"), Path.Combine(folder[name], "data")],
            batches,
            new FeatureOptions { Format = format, Processes = group, Progress = progress },
            cancel);
        return true;
    }

    private byte[][] Files(string name) =>
    [
        .. Directory.GetFiles(folder[name], "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("lock.mdb", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes),
    ];

    private sealed class Canceller(CancellationTokenSource source, bool cancels) : IProgress<WriteProgress>
    {
        public void Report(WriteProgress value)
        {
            if (cancels && value.Done > 5)
            {
                source.Cancel();
            }
        }
    }
}
