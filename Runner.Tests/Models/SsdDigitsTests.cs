using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Tests.Engine.Solvers;

namespace Cnn.Tests.Models;

/// <summary>The detector of drawn digits.</summary>
[Trait("Category", "Resume")]
public sealed class SsdDigitsTests : IDisposable
{
    private const int Iterations = 16;

    private readonly WorkerPool pool = new(2);
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        pool.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void YamlAndPrototxtSayTheSame() => ModelFolder.RequireYamlTwins("ssd-digits");

    [Fact]
    public void TheDeployedNetHasTheTrainedOnesParameters()
    {
        using Net deploy = Build("deploy.prototxt", Phase.Test), train = Build("train_val.prototxt", Phase.Train);
        Assert.Equal(ModelFolder.Counts(train), ModelFolder.Counts(deploy));
        Assert.Equal(342_884, ModelFolder.Counts(deploy)["all"]);
        Assert.Equal([1, 2, 4 * ((144 * 8) + (36 * 4))], deploy.FindBlob("mbox_priors").Shape.ToArray());
        Assert.Equal(7, deploy.FindBlob("detection_out").Dim(3));
    }

    // One digit an image and small batches, so that a few steps do.
    [Fact]
    public void TheLossFallsAndAResumedRunHasTheBitsOfOneThatNeverStopped()
    {
        using Solver straight = Prepare("straight");
        List<float> losses = [];
        TestScores? scores = null;
        straight.Progressed += progress => losses.Add(progress.IterationLoss);
        straight.Tested += s => scores = s;
        Assert.True(straight.Solve());
        Assert.True(losses.TakeLast(4).Average() < 0.9 * losses.Take(4).Average(), string.Join(' ', losses));
        Assert.Equal(("detection_eval", 10), (Assert.Single(scores!.Outputs).Blob, scores.Precisions.Count));
        Assert.Equal(scores.Precisions.Average(p => p.AveragePrecision), scores.Outputs[0].Mean);
        Assert.InRange(scores.Outputs[0].Mean, 0, 1);

        using Solver resumed = Prepare("resumed", folder[$"straight_iter_{Iterations / 2}.solverstate"]);
        TestScores? again = null;
        resumed.Tested += s => again = s;
        Assert.True(resumed.Solve());
        Assert.Equal(Training.Weights(straight), Training.Weights(resumed));
        Assert.Equal(scores.Outputs, again!.Outputs);
    }

    private static string PathOf(string file) => Repository.PathOf("Models", "ssd-digits", file);

    private Net Build(string file, Phase phase) =>
        Net.Build(NetDefinition.Load(PathOf(file)), new NetOptions { Phase = phase, Pool = pool });

    private Solver Prepare(string prefix, string? resumeFrom = null)
    {
        SolverParameter solver = ProtoFile.LoadSolver(PathOf("solver.prototxt")).Message;
        NetDefinition net = NetDefinition.Load(PathOf("train_val.prototxt"));
        foreach (DigitsParameter data in net.Message.Layer.Select(l => l.DigitsParam).Where(d => d is not null))
        {
            data.BatchSize = 8;
            data.Canvas.MaxDigits = 1;
        }

        solver.ClearNet();
        solver.NetParam = net.Message;
        solver.TestIter[0] = 2;
        solver.TestInterval = Iterations;
        solver.TestInitialization = false;
        solver.MaxIter = Iterations;
        solver.WarmupIter = 0;
        solver.Snapshot = Iterations / 2;
        solver.Display = 0;
        solver.SnapshotPrefix = folder[prefix];
        return new Solver(
            new SolverDefinition(solver, net.Sources), new SolverOptions { Pool = pool, ResumeFrom = resumeFrom });
    }
}
