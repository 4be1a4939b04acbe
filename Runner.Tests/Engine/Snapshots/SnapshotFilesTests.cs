using System.Security.Cryptography;
using Cnn.Engine.Graph;
using Cnn.Engine.Snapshots;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Tests.Engine.Snapshots;

[Trait("Category", "Unit")]
public sealed class SnapshotFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("w.caffemodel")]
    [InlineData("/somewhere/else/w.caffemodel")]
    [InlineData(@"C:\nets\w.caffemodel")]
    [InlineData(@"nets\w.caffemodel")]
    public void TheWeightsOfAStateAreFoundBesideItWhereverTheyWereWritten(string named)
    {
        folder.Write("w.caffemodel", "");

        Assert.Equal(folder["w.caffemodel"], SnapshotFiles.FindWeights(folder["s.solverstate"], named));
    }

    [Fact]
    public void WeightsThatAreNowhereAreNamedAsTheStateNamesThem() => Assert.Contains(
        @"names the weights 'C:\nets\w.caffemodel', which do not exist",
        Assert.Throws<CnnException>(
            () => SnapshotFiles.FindWeights(folder["s.solverstate"], @"C:\nets\w.caffemodel")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void TryingAFolderLeavesNothingThereAndTouchesNothing()
    {
        folder.Write(".cnn-probe-1", "precious");
        SnapshotFiles.ProbeWritable(folder["snap"]);

        Assert.Equal([folder[".cnn-probe-1"]], Directory.GetFileSystemEntries(folder.Path));
        Assert.Equal("precious", File.ReadAllText(folder[".cnn-probe-1"]));
    }

    [Fact]
    public void TryingAPrefixMakesItsFolder()
    {
        SnapshotFiles.ProbeWritable(folder["new/deep/snap"]);

        Assert.Empty(Directory.GetFileSystemEntries(folder["new/deep"]));
    }

    [Fact]
    public void AFolderThatTakesNoFilesIsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a folder that nobody can write to");

        var refusal = Assert.Throws<CnnException>(() => SnapshotFiles.ProbeWritable("/proc/self/snap"));

        Assert.Contains("snapshots cannot be written to '/proc/self': ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheLatestSnapshotIsThatOfTheHighestIteration()
    {
        Write(9);
        Write(10);
        Write(2);

        Assert.Equal(folder["snap_iter_10.solverstate"], SnapshotFiles.FindLatest(folder["snap"]));
    }

    [Theory]
    [InlineData("snap_iter_10.caffemodel", "other weights")]
    [InlineData("snap_iter_10.caffemodel", null)]
    [InlineData("snap_iter_10.solverstate", "no state")]
    public void ASnapshotThatIsNotWholeIsNotTheLatest(string file, string? content)
    {
        Write(9);
        Write(10);
        if (content is null)
        {
            File.Delete(folder[file]);
        }
        else
        {
            folder.Write(file, content);
        }

        Assert.Equal(folder["snap_iter_9.solverstate"], SnapshotFiles.FindLatest(folder["snap"]));
    }

    [Fact]
    public void AStateThatNamesNoWeightsIsNotTheLatest()
    {
        Write(9);
        Write(10, state => state.ClearLearnedNet());

        Assert.Equal(folder["snap_iter_9.solverstate"], SnapshotFiles.FindLatest(folder["snap"]));
    }

    [Fact]
    public void WeightsWithoutADigestAreReadToTell()
    {
        Write(9, state => state.ClearLearnedNetSha256());
        Write(10, state => state.ClearLearnedNetSha256());
        folder.Write("snap_iter_10.caffemodel", "no weights");

        Assert.Equal(folder["snap_iter_9.solverstate"], SnapshotFiles.FindLatest(folder["snap"]));
    }

    [Theory]
    [InlineData("snap_iter_99.caffemodel")]
    [InlineData("snap_iter_99.solverstate.txt")]
    [InlineData("snap_iter_99x.solverstate")]
    [InlineData("snap_iter_.solverstate")]
    [InlineData("snapped_iter_99.solverstate")]
    public void OtherNamesAreNoSnapshots(string name)
    {
        Write(9);
        File.Copy(folder["snap_iter_9.solverstate"], folder[name]);

        Assert.Equal(folder["snap_iter_9.solverstate"], SnapshotFiles.FindLatest(folder["snap"]));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("nowhere/snap")]
    [InlineData("sn\0ap")]
    public void APrefixWithoutSnapshotsHasNoLatest(string prefix)
    {
        Write(9);

        Assert.Null(SnapshotFiles.FindLatest(Path.Combine(folder.Path, prefix)));
    }

    [Fact]
    public void ValuesInTheDefinitionOfALayerAreNotWrittenBesideTheLearnedOnes()
    {
        using var pool = new WorkerPool(1);
        LayerParameter layer = TextFormat.Parse<LayerParameter>("""
            name: 'ip' type: 'InnerProduct' bottom: 'x' top: 'ip'
            inner_product_param { num_output: 1 bias_term: false }
            blobs { shape { dim: 1 dim: 2 } data: 3 data: 4 }
            """, "ip");
        var input = TextFormat.Parse<LayerParameter>(
            "name: 'x' type: 'Input' top: 'x' input_param { shape { dim: 1 dim: 2 } }", "x");
        using Net net = Net.Build(
            new NetDefinition(new NetParameter { Layer = { input, layer } }), new NetOptions { Pool = pool });

        var written = NetSource.Of(net).Layers[1];

        Assert.Empty(written.Definition.Blobs);
        Assert.Single(written.Parameters);
        Assert.Single(net.FindLayer("ip").Layer.Parameter.Blobs);
    }

    // A pair that Cnn could have written.
    private void Write(int iteration, Action<SolverState>? change = null)
    {
        var layer = new LayerParameter
        {
            Name = "w",
            Type = "Parameter",
            Blobs = { new BlobProto { Shape = new BlobShape { Dim = { 1 } }, Data = { iteration } } },
        };
        byte[] weights = new NetParameter { Name = "net", Layer = { layer } }.ToByteArray();
        File.WriteAllBytes(folder[$"snap_iter_{iteration}.caffemodel"], weights);
        var state = new SolverState
        {
            Iter = iteration,
            LearnedNet = $"snap_iter_{iteration}.caffemodel",
            LearnedNetSha256 = ByteString.CopyFrom(SHA256.HashData(weights)),
        };
        change?.Invoke(state);
        File.WriteAllBytes(folder[$"snap_iter_{iteration}.solverstate"], state.ToByteArray());
    }
}
