using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Tests.Engine.Distributed;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>
/// Training in several processes, with layers that do more in a pass than compute their tops: batches that are loaded
/// ahead, running statistics, weights that are scaled and diffs that are overwritten.
/// </summary>
[Trait("Category", "Resume")]
public class GroupLayerTests
{
    private const string Net = """
        layer { name: 'data' type: 'Digits' top: 'data' top: 'label' transform_param { scale: 0.004 }
          digits_param { batch_size: 6 prefetch: 2 count: 50 } }
        layer { name: 'a' type: 'Convolution' bottom: 'data' top: 'a'
          convolution_param { num_output: 8 kernel_size: 5 stride: 4 weight_filler { type: 'xavier' } } }
        layer { name: 'sums' type: 'BatchNorm' bottom: 'a' top: 'a' }
        layer { name: 'scale' type: 'Scale' bottom: 'a' top: 'a' scale_param { bias_term: true } }
        layer { name: 'relu' type: 'ReLU' bottom: 'a' top: 'a' }
        layer { name: 'b' type: 'InnerProduct' bottom: 'a' top: 'b'
          inner_product_param { num_output: 16 weight_filler { type: 'xavier' } } }
        layer { name: 'averages' type: 'BatchNorm' bottom: 'b' top: 'b' batch_norm_param { scale_bias: true } }
        layer { name: 'c' type: 'InnerProduct' bottom: 'b' top: 'c'
          inner_product_param { num_output: 12 weight_filler { type: 'xavier' } } }
        layer { name: 'shared' type: 'BN' bottom: 'c' top: 'd'
          param { name: 's' } param { name: 'b' } param { name: 'm' } param { name: 'v' }
          bn_param { slope_filler { type: 'constant' value: 1 } } }
        layer { name: 'again' type: 'BN' bottom: 'd' top: 'e'
          param { name: 's' } param { name: 'b' } param { name: 'm' } param { name: 'v' }
          bn_param { slope_filler { type: 'constant' value: 1 } } }
        layer { name: 'segnet' type: 'BN' bottom: 'e' top: 'f' bn_param { scale_filler { type: 'constant' value: 1 } } }
        layer { name: 'drop' type: 'Dropout' bottom: 'f' top: 'f' dropout_param { dropout_ratio: 0.2 } }
        layer { name: 'centres' type: 'CenterLoss' bottom: 'f' bottom: 'label' top: 'near' loss_weight: 0.1
          center_loss_param { num_output: 10 center_filler { type: 'gaussian' } } }
        layer { name: 'margin' type: 'MarginInnerProduct' bottom: 'f' bottom: 'label' top: 'g'
          margin_inner_product_param { num_output: 10 type: DOUBLE base: 5 gamma: 0.1
            weight_filler { type: 'xavier' } } }
        layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'g' bottom: 'label' top: 'loss' }
        """;

    [Theory]
    [InlineData(4, 2)]
    [InlineData(4, 4)]
    [InlineData(6, 3)]
    public void ParametersAndStateHaveTheSameBitsInEveryRank(int passes, int size)
    {
        using var folder = new TemporaryFolder();
        float[] alone = Train(folder, passes, 1, 9, from: null)[0];

        Assert.All(Train(folder, passes, size, 9, from: null), ofRank => Assert.Equal(alone, ofRank));

        // Halfway with one number of processes, and on with another.
        Train(folder, passes, size, 4, from: null);
        Assert.Equal(alone, Train(folder, passes, 1, 9, folder["snap_iter_4.solverstate"])[0]);
        Train(folder, passes, 1, 4, from: null);
        Assert.All(
            Train(folder, passes, size, 9, folder["snap_iter_4.solverstate"]),
            ofRank => Assert.Equal(alone, ofRank));
    }

    // The pass that shows the last loss counts too.
    private static float[][] Train(TemporaryFolder folder, int passes, int size, int iterations, string? from)
    {
        string text = $$"""
            base_lr: 0.05 momentum: 0.9 lr_policy: 'fixed' random_seed: 3 iter_size: {{passes}} display: 3
            max_iter: {{iterations}} snapshot_prefix: '{{folder["snap"]}}'
            net_param { {{Net}} }
            """;
        return InProcessJob.Run(size, group =>
        {
            var sources = new SourceMap();
            SolverParameter definition = TextFormat.Parse<SolverParameter>(text, "solver.prototxt", sources);
            using var pool = new WorkerPool(1);
            using var solver = new Solver(
                new SolverDefinition(definition, sources),
                new SolverOptions { Pool = pool, ResumeFrom = from, Processes = group });
            Assert.True(solver.Solve());
            return solver.TrainNet.Layers
                .SelectMany(l => l.Layer.Blobs.Concat(l.Layer.State))
                .SelectMany(blob => blob.Data.ToArray())
                .ToArray();
        });
    }
}
