using Cnn.Engine.Solvers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Solvers;

[Trait("Category", "Unit")]
public sealed class FrozenParameterTests
{
    private const string Net = """
        layer { name: "digits" type: "Digits" top: "data" top: "label" digits_param { batch_size: 4 }
          transform_param { scale: 0.00390625 } }
        layer { name: "low" type: "InnerProduct" bottom: "data" top: "low" param { lr_mult: 0 } param { lr_mult: 0 }
          inner_product_param { num_output: 8 weight_filler { type: "xavier" } } }
        layer { name: "high" type: "InnerProduct" bottom: "low" top: "high"
          inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "high" bottom: "label" top: "loss" }
        """;

    public static TheoryData<string> SolverTypes => [.. new SolverRegistry().Types];

    [Theory]
    [MemberData(nameof(SolverTypes))]
    public void FrozenLayersTakeNoGradientsAndNoMemoryForThem(string type)
    {
        using var solver = new Solver(new SolverDefinition(
            NetDefinition.Parse(Net),
            new
            {
                type, base_lr = 0.01, lr_policy = "fixed", max_iter = 3, clip_gradients = 1,
                snapshot_after_train = false,
            }));
        Blob low = solver.TrainNet.FindLayer("low").Parameters[0],
            high = solver.TrainNet.FindLayer("high").Parameters[0];
        float[] lowBefore = low.Data.ToArray(), highBefore = high.Data.ToArray();

        solver.Solve();

        Assert.Equal(lowBefore, low.Data.ToArray());
        Assert.False(low.HasDiff);
        Assert.False(solver.TrainNet.FindBlob("low").HasDiff);
        Assert.NotEqual(highBefore, high.Data.ToArray());
    }

    [Fact]
    public void AFrozenParameterStillMovesByTheMomentumThatASnapshotBrings()
    {
        string folder = Directory.CreateTempSubdirectory("cnn-frozen-").FullName;
        try
        {
            object Options(int iterations) => new
            {
                base_lr = 0.01, momentum = 0.9, lr_policy = "fixed", max_iter = iterations,
                snapshot_prefix = Path.Combine(folder, "s"),
            };
            using (var first = new Solver(new SolverDefinition(
                NetDefinition.Parse(Net.Replace("lr_mult: 0", "lr_mult: 1", StringComparison.Ordinal)), Options(3))))
            {
                first.Solve();
            }

            using var pool = new WorkerPool(1);
            using var second = new Solver(
                new SolverDefinition(NetDefinition.Parse(Net), Options(4)),
                new SolverOptions { Pool = pool, ResumeFrom = Path.Combine(folder, "s_iter_3.solverstate") });
            Blob low = second.TrainNet.FindLayer("low").Parameters[0];
            float[] before = low.Data.ToArray();

            second.Step();

            Assert.NotEqual(before, low.Data.ToArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
