using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Models;

/// <summary>CIFAR-10 quick and full, as Caffe's users know them.</summary>
[Trait("Category", "Unit")]
public sealed class Cifar10Tests : IDisposable
{
    private readonly WorkerPool pool = new(2);

    public void Dispose() => pool.Dispose();

    [Theory]
    [InlineData("quick", 145_578, "conv1 2432, conv2 25632, conv3 51264, ip1 65600, ip2 650")]
    [InlineData("full", 89_578, "conv1 2432, conv2 25632, conv3 51264, ip1 10250")]
    public void TheParametersAreAsMany(string kind, int all, string layers)
    {
        foreach (Net net in (Net[])[Build(kind, Phase.Train), Build(kind, Phase.Test), Deploy(kind)])
        {
            var counts = ModelFolder.Counts(net);
            Assert.Equal(all, counts["all"]);
            foreach (string[] layer in layers.Split(", ").Select(l => l.Split(' ')))
            {
                Assert.Equal(int.Parse(layer[1]), counts[layer[0]]);
            }
        }
    }

    [Theory]
    [InlineData("quick")]
    [InlineData("full")]
    public void TheMapsAreHalvedThreeTimes(string kind)
    {
        foreach (Phase phase in (Phase[])[Phase.Train, Phase.Test])
        {
            Net net = Build(kind, phase);
            Assert.Equal([4, 32, 16, 16], net.FindBlob("pool1").Shape.ToArray());
            Assert.Equal([4, 32, 8, 8], net.FindBlob("pool2").Shape.ToArray());
            Assert.Equal([4, 64, 4, 4], net.FindBlob("pool3").Shape.ToArray());
        }
    }

    [Theory]
    [InlineData("cifar10_quick_solver", "quick", 0.001f, 4000)]
    [InlineData("cifar10_quick_solver_lr1", "quick", 0.0001f, 5000)]
    [InlineData("cifar10_full_solver", "full", 0.001f, 60000)]
    [InlineData("cifar10_full_solver_lr1", "full", 0.0001f, 65000)]
    [InlineData("cifar10_full_solver_lr2", "full", 0.00001f, 70000)]
    public void ASolverLowersTheLossOfItsBatch(string file, string kind, float rate, int iterations)
    {
        SolverParameter parameter = ProtoFile.LoadSolver(PathOf(file)).Message;
        Assert.Equal(
            (rate, iterations, $"Models/cifar10/cifar10_{kind}_train_test.prototxt"),
            (parameter.BaseLr, parameter.MaxIter, parameter.Net));
        parameter.ClearNet();
        parameter.NetParam = WithInput(kind);
        parameter.TestInterval = 0;
        parameter.TestIter.Clear();
        parameter.Display = 0;
        parameter.RandomSeed = 1;
        using var solver = new Solver(new SolverDefinition(parameter), new SolverOptions { Pool = pool });
        Net net = solver.TrainNet;
        var random = new Random(1);
        foreach (ref float pixel in net.FindInput("data").Data)
        {
            pixel = random.Next(-120, 120);
        }

        ((float[])[0, 1, 2, 3]).CopyTo(net.FindInput("label").Data);
        float before = net.Forward();
        for (int i = 0; i < 20; i++)
        {
            solver.Step();
        }

        Assert.InRange(net.Forward(), 0, before * 0.99999f);
    }

    private static string PathOf(string name) => Repository.PathOf("Models", "cifar10", name + ".prototxt");

    private static NetParameter WithInput(string kind) =>
        ModelFolder.WithInput(ProtoFile.LoadNet(PathOf($"cifar10_{kind}_train_test")).Message, 4, 32);

    private Net Build(string kind, Phase phase) =>
        Net.Build(new NetDefinition(WithInput(kind)), new NetOptions { Phase = phase, Pool = pool });

    private Net Deploy(string kind) =>
        Net.Build(NetDefinition.Load(PathOf($"cifar10_{kind}")), new NetOptions { Pool = pool });
}
