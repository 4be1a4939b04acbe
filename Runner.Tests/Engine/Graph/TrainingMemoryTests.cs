using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Tests.Engine.Solvers;

namespace Cnn.Tests.Engine.Graph;

/// <summary>A solver's net keeps values for the backward pass in memory that only the backward pass needs.</summary>
public sealed class TrainingMemoryTests : IDisposable
{
    private readonly WorkerPool pool = new(2);
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        pool.Dispose();
        folder.Dispose();
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void KeptValuesLieInGradientsThatAreComputedLater()
    {
        using Solver solver = Prepare();
        Assert.DoesNotContain(solver.TrainNet.Layers, IsLent);
        solver.Step();

        // Nothing before bn1 has a gradient of its size; relu3 has made room for that of bn4.
        Assert.Equal(["bn2", "bn3", "bn4"], solver.TrainNet.Layers.Where(IsLent).Select(l => l.Name));

        bool IsLent(NetLayer layer) => layer.Layer.KeptForBackward.Any(
            kept => solver.TrainNet.Blobs.Values.Any(blob => ReferenceEquals(blob.DiffMemory, kept.Memory)));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TrainingGivesTheSameBitsAsWithMemoryOfItsOwn()
    {
        using Solver lends = Prepare(), keeps = Prepare();
        keeps.TrainNet.PassesAlternate = false;
        for (int i = 0; i < 4; i++)
        {
            lends.Step();
            keeps.Step();
            Assert.Equal(Training.Weights(keeps), Training.Weights(lends));
            foreach (var (name, blob) in keeps.TrainNet.Blobs)
            {
                Assert.True(blob.Data.SequenceEqual(lends.TrainNet.Blobs[name].Data), $"{name} differs");
                Assert.True(
                    !blob.HasDiff || blob.Diff.SequenceEqual(lends.TrainNet.Blobs[name].Diff),
                    $"the gradient of {name} differs");
            }
        }
    }

    // The layer that works in place comes last, so that the blob has a reader and still is an output.
    [Fact]
    [Trait("Category", "Unit")]
    public void TheGradientOfAnOutputStaysZero()
    {
        using Solver solver = Training.Prepare(
            $$"""
            net_param {
              force_backward: true
              layer { name: "digits" type: "Digits" top: "data" top: "label"
                transform_param { scale: 0.00390625 crop_size: 12 } digits_param { batch_size: 4 } }
              layer { name: "aside" type: "InnerProduct" bottom: "data" top: "aside"
                inner_product_param { num_output: 12 weight_filler { type: "xavier" } } }
              layer { name: "relu" type: "ReLU" bottom: "aside" top: "aside" }
              layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
                inner_product_param { num_output: 10 weight_filler { type: "gaussian" std: 1 } } }
              layer { name: "bn" type: "BatchNorm" bottom: "ip" top: "ip" }
              layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
            }
            base_lr: 0.01 lr_policy: "fixed" max_iter: 10 random_seed: 3 snapshot_prefix: "{{folder["snap"]}}"
            """,
            pool);
        Net net = solver.TrainNet;
        float[] before = net.FindLayer("aside").Parameters[0].Data.ToArray();

        solver.Step();
        solver.Step();

        Assert.True(net.FindLayer("aside").Parameters[0].Data.SequenceEqual(before));
        Assert.All(net.FindBlob("aside").Diff.ToArray(), d => Assert.Equal(0, d));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ASecondBackwardPassIsRefused()
    {
        using Solver solver = Prepare();
        solver.Step();
        Assert.Contains(
            "has run backward since its last forward pass",
            Assert.Throws<CnnException>(solver.TrainNet.Backward).Message,
            StringComparison.Ordinal);
        solver.TrainNet.Forward();
        solver.TrainNet.Backward();
    }

    [Fact]
    [Trait("Category", "Resume")]
    public void ResumedTrainingGivesTheSameBits()
    {
        using Solver whole = Prepare();
        string state = "";
        for (int i = 0; i < 6; i++)
        {
            if (i == 3)
            {
                state = whole.WriteSnapshot();
            }

            whole.Step();
        }

        using Solver resumed = Prepare(state);
        for (int i = 3; i < 6; i++)
        {
            resumed.Step();
        }

        Assert.Equal(Training.Weights(whole), Training.Weights(resumed));
    }

    private Solver Prepare(string? resumeFrom = null)
    {
        string chain = string.Concat(Enumerable.Range(1, 4).Select(i => $$"""
            layer { name: "conv{{i}}" type: "Convolution" bottom: "{{(i == 1 ? "data" : $"conv{i - 1}")}}"
              top: "conv{{i}}" convolution_param { num_output: 6 kernel_size: 3 pad: 1 bias_term: false
                weight_filler { type: "msra" } } }
            layer { name: "bn{{i}}" type: "BatchNorm" bottom: "conv{{i}}" top: "conv{{i}}" }
            layer { name: "scale{{i}}" type: "Scale" bottom: "conv{{i}}" top: "conv{{i}}"
              scale_param { bias_term: true } }
            layer { name: "relu{{i}}" type: "ReLU" bottom: "conv{{i}}" top: "conv{{i}}" }
            """));
        return Training.Prepare(
            $$"""
            net_param {
              layer { name: "digits" type: "Digits" top: "data" top: "label"
                transform_param { scale: 0.00390625 crop_size: 12 mirror: true } digits_param { batch_size: 4 } }
              {{chain}}
              layer { name: "ip" type: "InnerProduct" bottom: "conv4" top: "ip"
                inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
              layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
            }
            base_lr: 0.01 lr_policy: "fixed" momentum: 0.9 max_iter: 10 random_seed: 3 iter_size: 2
            snapshot_prefix: "{{folder["snap"]}}"
            """,
            pool,
            resumeFrom: resumeFrom);
    }
}
