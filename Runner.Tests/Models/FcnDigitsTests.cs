using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Models;

/// <summary>The net that tells the class of every pixel of drawn digits.</summary>
[Trait("Category", "Unit")]
public sealed class FcnDigitsTests : IDisposable
{
    private readonly WorkerPool pool = new(2);

    public void Dispose() => pool.Dispose();

    [Fact]
    public void YamlAndPrototxtSayTheSame() => ModelFolder.RequireYamlTwins("fcn-digits");

    [Fact]
    public void EveryPixelHasAClass()
    {
        using Net deploy = Build("deploy.prototxt", Phase.Test), test = Build("train_val.prototxt", Phase.Test);
        Assert.Equal(ModelFolder.Counts(test), ModelFolder.Counts(deploy));
        Assert.Equal(151_244, ModelFolder.Counts(deploy)["all"]);
        Assert.Equal([1, 1, 64, 64], deploy.FindBlob("class").Shape.ToArray());
        Assert.Equal([50, 1, 64, 64], test.FindBlob("label").Shape.ToArray());
        Assert.Equal(["accuracy", "class_accuracy", "ink_accuracy", "ink_loss", "loss"], test.Outputs.Order());
        Assert.Equal([11], test.FindBlob("class_accuracy").Shape.ToArray());
    }

    [Fact]
    public void AFewStepsLowerTheLoss()
    {
        SolverParameter solver = ProtoFile.LoadSolver(PathOf("solver.prototxt")).Message;
        NetDefinition net = NetDefinition.Load(PathOf("train_val.prototxt"));
        foreach (DigitsParameter data in net.Message.Layer.Select(l => l.DigitsParam).Where(d => d is not null))
        {
            data.BatchSize = 8;
        }

        solver.ClearNet();
        solver.NetParam = net.Message;
        solver.TestInterval = 0;
        solver.TestIter.Clear();
        solver.WarmupIter = 0;
        solver.BaseLr = 0.0005f;
        solver.Display = 0;
        using var run = new Solver(
            new SolverDefinition(solver, net.Sources), new SolverOptions { Pool = pool });
        List<float> losses = [];
        run.Progressed += progress => losses.Add(progress.IterationLoss);
        for (int i = 0; i < 16; i++)
        {
            run.Step();
        }

        Assert.True(losses[^1] < 0.8 * losses[0], string.Join(' ', losses));
    }

    private static string PathOf(string file) => Repository.PathOf("Models", "fcn-digits", file);

    private Net Build(string file, Phase phase) =>
        Net.Build(NetDefinition.Load(PathOf(file)), new NetOptions { Phase = phase, Pool = pool });
}
