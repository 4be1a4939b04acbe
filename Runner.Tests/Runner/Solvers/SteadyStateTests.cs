using Cnn.Layers.Kernels.Threading;
using Cnn.Runner.Solvers;

namespace Cnn.Tests.Runner.Solvers;

/// <summary>Alone in the process while it runs, since it counts what all threads allocate.</summary>
[CollectionDefinition(nameof(SteadyStateTests), DisableParallelization = true)]
[Collection(nameof(SteadyStateTests))]
[Trait("Category", "Unit")]
public class SteadyStateTests
{
    [Fact]
    public void ATrainingStepAllocatesNothing()
    {
        using var pool = new WorkerPool(2);
        Solver solver = Training.Prepare(
            $"net_param {{ {SmallTraining.Net} }} base_lr: 0.01 lr_policy: 'inv' gamma: 0.0001 power: 0.75 momentum: 0.9 "
            + "weight_decay: 0.0005 clip_gradients: 1000 iter_size: 2 average_loss: 5 max_iter: 1000 random_seed: 3",
            pool);
        for (int i = 0; i < 60; i++)
        {
            solver.Step();
        }

        // Tiered compilation and the test host may allocate now and then, but not in every one of these rounds.
        long least = long.MaxValue;
        for (int round = 0; round < 10; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < 20; i++)
            {
                solver.Step();
            }

            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.Equal(0, least);
    }
}
