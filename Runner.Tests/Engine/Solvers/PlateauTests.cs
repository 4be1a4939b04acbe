using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>
/// Training with <c>lr_policy: "plateau"</c>, resumed in the middle of a smoothed loss and of a window.
/// </summary>
[Trait("Category", "Resume")]
public class PlateauTests
{
    [Fact]
    public void AResumedRunHasTheBitsOfOneThatNeverStopped()
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(1);
        string text =
            $$"""
            base_lr: 0.5 lr_policy: "plateau" gamma: 0.5 plateau_winsize: [3, 2, 4] average_loss: 4 max_iter: 40
            random_seed: 3 momentum: 0.9 snapshot_prefix: "{{folder["s"]}}"
            net_param {
              layer { name: "d" type: "DummyData" top: "x" top: "t"
                dummy_data_param { shape { dim: [4, 3] } shape { dim: [4, 2] }
                  data_filler { type: "gaussian" std: 1 } data_filler { type: "gaussian" std: 1 } } }
              layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y"
                inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
              layer { name: "l" type: "EuclideanLoss" bottom: "y" bottom: "t" top: "l" }
            }
            """;
        using Solver whole = Training.Prepare(text, pool);
        var rates = new List<float>();
        whole.Progressed += progress => rates.Add(progress.LearningRate);
        Run(whole, 9);
        string state = whole.WriteSnapshot();
        Run(whole, 11);

        using Solver resumed = Training.Prepare(text, pool, resumeFrom: state);
        Run(resumed, 11);

        Assert.Equal(Training.Weights(whole), Training.Weights(resumed));
        Assert.Equal([0.5f, 0.25f, 0.125f, 0.0625f], rates.Distinct());
    }

    private static void Run(Solver solver, int iterations)
    {
        for (int i = 0; i < iterations; i++)
        {
            solver.Step();
        }
    }
}
