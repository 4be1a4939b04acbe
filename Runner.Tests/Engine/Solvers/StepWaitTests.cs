using Cnn.Engine.Solvers;
using Cnn.Layers;
using Cnn.Proto;
using Serilog;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>What a run says about the time that it waits for data.</summary>
[Trait("Category", "Unit")]
public class StepWaitTests
{
    [Fact]
    public void ASlowSourceIsNamedAsTheBottleneck()
    {
        var log = new LogLines();
        using Solver solver = SolverOver(waits: true, log);
        solver.Solve();
        string[] warnings = [.. log.Warnings.Where(w => w.Contains("bottleneck", StringComparison.Ordinal))];

        // The first step, of which nothing can have been loaded ahead, and the end show none.
        Assert.Equal(2, warnings.Length);
        Assert.All(warnings, w => Assert.Matches("^data is the bottleneck: [0-9]+ % of the step$", w));
        Assert.InRange(solver.DataWaitShare, 0.05, 1);
    }

    [Fact]
    public void ASourceThatKeepsUpIsNotMentioned()
    {
        var log = new LogLines();
        using Solver solver = SolverOver(waits: false, log);
        solver.Solve();
        Assert.DoesNotContain(log.Warnings, w => w.Contains("bottleneck", StringComparison.Ordinal));
        Assert.Equal(0, solver.DataWaitShare);
    }

    private static Solver SolverOver(bool waits, LogLines log)
    {
        var registry = new LayerRegistry();
        registry.Add("Slow", context => new Slow(context, waits));
        SolverParameter definition = TextFormat.Parse<SolverParameter>(
            """
            net_param {
              layer { name: "data" type: "Slow" top: "data" }
              layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 2 } }
              layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "data" }
            }
            base_lr: 0.01 lr_policy: 'fixed' max_iter: 6 display: 2 snapshot_after_train: false
            """,
            "solver.prototxt");
        ILogger logger = new LoggerConfiguration().WriteTo.Sink(log).CreateLogger();
        return new Solver(
            new SolverDefinition(definition),
            new SolverOptions { Log = logger, Layers = registry });
    }

    private sealed class Slow(LayerContext context, bool waits) : Layer(context)
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

        private TimeSpan waited;

        public override BlobCount BottomCount => BlobCount.Exactly(0);

        public override BlobCount TopCount => BlobCount.Exactly(1);

        public override TimeSpan WaitedForData => waited;

        public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => tops[0].Reshape(2, 2);

        public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
        {
            if (waits)
            {
                Thread.Sleep(Pause);
                waited += Pause;
            }

            tops[0].Data.Fill(1);
        }
    }
}
