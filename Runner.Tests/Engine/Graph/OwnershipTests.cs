using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;
using Google.Protobuf;

namespace Cnn.Tests.Engine.Graph;

/// <summary>
/// A disposed object releases what it opened: a solver its nets, a net its layers, a layer its files.
/// </summary>
[Trait("Category", "Unit")]
public sealed class OwnershipTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly LayerRegistry registry = new();
    private readonly List<Traced> layers = [];

    public OwnershipTests() => registry.Add("Traced", context =>
    {
        layers.Add(new Traced(context));
        return layers[^1];
    });

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ANetDisposesOfItsLayersOnce()
    {
        Net net = Net.Build(Definition(), new NetOptions { Layers = registry });
        net.Dispose();
        net.Dispose();

        Assert.Equal([1], layers.Select(l => l.Disposals));
        var error = Assert.Throws<CnnException>(() => net.Forward());
        Assert.Equal("net 'n' has been disposed of", error.Message);
    }

    [Fact]
    public void ANetThatDoesNotComeToBeDisposesOfTheLayersItHas()
    {
        Assert.Throws<CnnException>(
            () => Net.Build(Definition().Add("ReLU", "r", "nowhere"), new NetOptions { Layers = registry }));
        Assert.Throws<CnnException>(
            () => Net.Build(
                Definition(), new NetOptions { Layers = registry, Weights = [folder["missing.caffemodel"]] }));

        Assert.All(layers, l => Assert.Equal(1, l.Disposals));
    }

    [Fact]
    public void ASolverDisposesOfItsNets()
    {
        NetDefinition net = Definition().Add("EuclideanLoss", "loss", ["y", "x"]);
        var definition = new SolverDefinition(net, new
        {
            base_lr = 0.1, lr_policy = "fixed", max_iter = 1, test_iter = 1, test_interval = 1,
            snapshot_after_train = false,
        });
        var solver = new Solver(definition, new SolverOptions { Layers = registry });

        solver.Dispose();

        Assert.Equal([1, 1], layers.Select(l => l.Disposals));
    }

    [Fact]
    public void FiftyNetsOverADatabaseLeaveNoMappingBehind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the list of mappings is Linux's");
        string database = folder["db"];
        using (LmdbWriter writer = LmdbWriter.Create(database))
        {
            var datum = new Datum { Channels = 1, Height = 2, Width = 2, Data = ByteString.CopyFrom(1, 2, 3, 4) };
            writer.Put("00000000"u8, datum.ToByteArray());
            writer.Commit();
        }

        NetDefinition definition = new NetDefinition().Add(
            "Data", "d", tops: ["x"], options: new { source = database, backend = "LMDB", batch_size = 1 });
        for (int i = 0; i < 50; i++)
        {
            using Net net = Net.Build(definition);
            net.Forward();
        }

        Assert.DoesNotContain(database, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
    }

    [Fact]
    public void NetsAreBuiltFromOneDefinitionOnSeveralThreads()
    {
        NetDefinition definition = NetDefinition.Parse(SmallTraining.Net);
        var sums = new double[64];
        Parallel.For(0, sums.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            using Net net = Net.Build(definition, new NetOptions { Phase = i % 2 == 0 ? Phase.Train : Phase.Test });
            sums[i] = net.Learnable.Sum(p => p.Blob.Data.ToArray().Sum(v => (double)v));
        });

        Assert.Single(sums.Distinct());
    }

    private static NetDefinition Definition() =>
        new NetDefinition("n").Input("x", 1, 2).Add("Traced", "y", "x");

    private sealed class Traced(LayerContext context) : Layer(context)
    {
        public int Disposals { get; private set; }

        public override BlobCount BottomCount => BlobCount.Exactly(1);

        public override BlobCount TopCount => BlobCount.Exactly(1);

        public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
            tops[0].ReshapeLike(bottoms[0]);

        public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
            bottoms[0].Data.CopyTo(tops[0].Data);

        public override void Dispose()
        {
            Disposals++;
            base.Dispose();
        }
    }
}
