using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Engine.Solvers;

[Trait("Category", "Unit")]
public class SolverTests
{
    private const string Rest =
        "momentum: 0.9 weight_decay: 0.0005 lr_policy: 'fixed' random_seed: 3 snapshot_after_train: false";

    [Fact]
    public void TrainingGivesTheSameBitsOnAnyNumberOfThreads()
    {
        float[] one = TrainDigits(threads: 1), two = TrainDigits(threads: 2), five = TrainDigits(threads: 5);

        Assert.Equal(one, two);
        Assert.Equal(one, five);
        Assert.All(one, weight => Assert.True(float.IsFinite(weight)));
    }

    [Fact]
    public void ALossThatIsNotFiniteNamesTheIterationAndTheLayer()
    {
        using var pool = new WorkerPool(1);
        Solver solver = Training.Prepare(Linear("data_filler { value: 3e38 }", "value: 10"), pool);

        var error = Assert.Throws<TrainingException>(() => solver.Solve());

        Assert.Contains("iteration 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("'ip' (InnerProduct)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PassesOfOneIterationAddUpToALargerBatch()
    {
        using var pool = new WorkerPool(1);
        Solver together = Training.Prepare(Linear("data_filler { value: 0.5 }", "value: 0.1", "max_iter: 3"), pool);
        Solver apart = Training.Prepare(
            Linear("data_filler { value: 0.5 }", "value: 0.1", "max_iter: 3 iter_size: 4"), pool);

        Assert.True(together.Solve());
        Assert.True(apart.Solve());

        Assert.All(
            Training.Weights(together).Zip(Training.Weights(apart)),
            pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void ClippingScalesTheGradientToTheNormAllowed()
    {
        using var pool = new WorkerPool(1);
        Solver free = Training.Prepare(
            Linear("data_filler { value: 0.5 }", "value: 1", "max_iter: 1 weight_decay: 0"), pool);
        Solver clipped = Training.Prepare(
            Linear("data_filler { value: 0.5 }", "value: 1", "max_iter: 1 weight_decay: 0 clip_gradients: 0.01"), pool);
        float[] before = Training.Weights(free);

        free.Step();
        clipped.Step();

        Assert.True(Length(Training.Weights(free), before) > 0.1 * 0.01);
        Assert.Equal(0.1 * 0.01, Length(Training.Weights(clipped), before), 1e-6);
    }

    [Fact]
    public void ADecayOfTypeL1MovesEachWeightByTheSameAmount()
    {
        using var pool = new WorkerPool(1);
        Solver solver = Training.Prepare(
            Linear("data_filler { value: 0 }", "value: 0.4", "max_iter: 1 weight_decay: 0.5 regularization_type: 'L1'"),
            pool);

        solver.Step();

        Assert.Equal(0.4f - (0.1f * 0.5f), solver.TrainNet.Learnable[0].Blob.Data[0], 1e-6f);
    }

    [Fact]
    public void AStopIsObeyedAfterTheIteration()
    {
        using var pool = new WorkerPool(1);
        Solver solver = Training.Prepare(Linear("data_filler { value: 0.5 }", "value: 0.1", "max_iter: 100"), pool);
        solver.Progressed += progress =>
        {
            if (progress.Iteration == 7)
            {
                solver.Control.RequestStop();
            }
        };

        Assert.False(solver.Solve());
        Assert.Equal(7, solver.Iteration);
    }

    private static float[] TrainDigits(int threads)
    {
        using var pool = new WorkerPool(threads);
        string definition = $"net_param {{ {SmallTraining.Net} }} base_lr: 0.05 max_iter: 12 {Rest}";
        Solver solver = Training.Prepare(definition, pool);
        Assert.True(solver.Solve());
        return Training.Weights(solver);
    }

    // Least squares of an inner product: three inputs, two outputs, and 0 as the target.
    private static string Linear(string dataFiller, string weightFiller, string more = "max_iter: 1") => $$"""
        net_param {
          layer { name: "data" type: "DummyData" top: "data" top: "target" dummy_data_param {
            shape { dim: 4 dim: 3 } shape { dim: 4 dim: 2 } {{dataFiller}} data_filler { value: 0 } } }
          layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param {
            num_output: 2 weight_filler { {{weightFiller}} } } }
          layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "target" top: "loss" }
        }
        base_lr: 0.1 lr_policy: "fixed" random_seed: 3 snapshot_after_train: false {{more}}
        """;

    private static double Length(float[] a, float[] b) =>
        Math.Sqrt(a.Zip(b, (x, y) => (double)(x - y) * (x - y)).Sum());
}
