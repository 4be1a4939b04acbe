using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Engine.Solvers.Recording;

/// <summary>Runs while no other test does, since it counts the allocations of all threads.</summary>
[Collection(nameof(SteadyStateTests))]
[Trait("Category", "Unit")]
public class RecordingAllocationTests
{
    [Fact]
    public void ARecordedStepAllocatesNothingBetweenHistograms()
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(2);
        using Solver solver = Training.Prepare(
            $"net_param {{ {SmallTraining.Net} }} base_lr: 0.01 lr_policy: 'fixed' momentum: 0.9 average_loss: 5 "
            + "max_iter: 100000 run_interval: 1 run_histograms: 50000 random_seed: 3",
            pool,
            run: folder["run"]);

        Assert.Equal(0, Allocations.OnAllThreads(solver.Step));
    }
}
