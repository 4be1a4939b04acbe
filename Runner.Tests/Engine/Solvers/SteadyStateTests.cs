using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>Runs while no other test does, since it counts the allocations of all threads.</summary>
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
            $"net_param {{ {SmallTraining.Net} }} base_lr: 0.01 lr_policy: 'inv' gamma: 0.0001 power: 0.75 "
            + "momentum: 0.9 weight_decay: 0.0005 clip_gradients: 1000 iter_size: 2 average_loss: 5 max_iter: 1000 "
            + "random_seed: 3",
            pool);

        Assert.Equal(0, Allocations.OnAllThreads(solver.Step));
    }

    [Fact]
    public void ATrainingStepByWinogradsTilesAllocatesNothing()
    {
        using var pool = new WorkerPool(2);
        Solver solver = Training.Prepare(
            """
            net_param {
              layer { name: "data" type: "DummyData" top: "data" top: "label"
                dummy_data_param { shape { dim: 4 dim: 3 dim: 20 dim: 20 } shape { dim: 4 }
                  data_filler { type: "gaussian" } data_filler { } } }
              layer { name: "a" type: "Convolution" bottom: "data" top: "a"
                convolution_param { num_output: 32 kernel_size: 5 weight_filler { type: "xavier" } } }
              layer { name: "b" type: "Convolution" bottom: "a" top: "b"
                convolution_param { num_output: 32 kernel_size: 5 pad: 2 weight_filler { type: "xavier" } } }
              layer { name: "c" type: "Convolution" bottom: "b" top: "c"
                convolution_param { num_output: 260 kernel_size: 3 pad: 1 weight_filler { type: "xavier" } } }
              layer { name: "pool" type: "Pooling" bottom: "c" top: "pool"
                pooling_param { pool: AVE global_pooling: true } }
              layer { name: "loss" type: "SoftmaxWithLoss" bottom: "pool" bottom: "label" }
            }
            base_lr: 0.01 lr_policy: 'fixed' momentum: 0.9 max_iter: 1000 random_seed: 3
            """,
            pool);

        Assert.Equal(0, Allocations.OnAllThreads(solver.Step));
    }

    [Fact]
    public void APassOfANetForInferenceAllocatesNothing()
    {
        using Net net = Net.Build(
            NetDefinition.Parse(
                """
                layer { name: "data" type: "Input" top: "data"
                  input_param { shape { dim: 2 dim: 32 dim: 16 dim: 16 } } }
                layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
                  convolution_param { num_output: 32 kernel_size: 3 } }
                layer { name: "norm" type: "BatchNorm" bottom: "conv" top: "norm" }
                layer { name: "pool" type: "Pooling" bottom: "norm" top: "pool"
                  pooling_param { kernel_size: 3 stride: 2 } }
                layer { name: "ip" type: "InnerProduct" bottom: "pool" top: "ip" inner_product_param { num_output: 4 } }
                """),
            new NetOptions { Inference = true });

        Assert.Equal(0, Allocations.OnAllThreads(() => net.Forward()));
    }
}
