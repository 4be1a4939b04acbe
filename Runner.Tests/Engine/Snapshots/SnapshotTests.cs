using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Tests.Engine.Solvers;

namespace Cnn.Tests.Engine.Snapshots;

[Trait("Category", "Resume")]
public class SnapshotTests
{
    private const string Net = """
        layer { name: "digits" type: "Digits" top: "data" top: "label"
          transform_param { scale: 0.00390625 mirror: true }
          digits_param { batch_size: 4 } }
        layer { name: "ip1" type: "InnerProduct" bottom: "data" top: "ip1" param { name: "w" } param { lr_mult: 2 }
          inner_product_param { num_output: 784 weight_filler { type: "xavier" } } }
        layer { name: "drop" type: "Dropout" bottom: "ip1" top: "ip1" }
        layer { name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2" param { name: "w" } param { lr_mult: 2 }
          inner_product_param { num_output: 784 weight_filler { type: "xavier" } } }
        layer { name: "ip3" type: "InnerProduct" bottom: "ip2" top: "ip3"
          inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip3" bottom: "label" top: "loss" }
        """;

    public static TheoryData<string, string> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, string>();
            foreach (string type in new SolverRegistry().Types)
            {
                foreach (ISnapshotFormat format in SnapshotFormats.All)
                {
                    kinds.Add(type, format.Choice.ToString().ToUpperInvariant());
                }
            }

            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TrainingThatIsResumedGivesTheBitsOfTrainingThatNeverStopped(string type, string format)
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(2);
        Solver straight = Training.Prepare(Definition(folder, type, format, 9), pool);
        Assert.True(straight.Solve());
        Solver first = Training.Prepare(Definition(folder, type, format, 5), pool);
        Assert.True(first.Solve());
        string state = first.WriteSnapshot();

        Solver resumed = Training.Prepare(Definition(folder, type, format, 9, seed: 99), pool, resumeFrom: state);

        Assert.Equal(5, resumed.Iteration);
        Assert.Equal(Training.Weights(first), Training.Weights(resumed));
        resumed = Training.Prepare(Definition(folder, type, format, 9), pool, resumeFrom: state);
        Assert.True(resumed.Solve());
        Assert.Equal(Training.Weights(straight), Training.Weights(resumed));
    }

    // A blob without axes, which HDF5 files hold with an axis of size one.
    [Theory]
    [InlineData("BINARYPROTO")]
    [InlineData("HDF5")]
    public void AParameterThatIsASingleNumberIsResumed(string format)
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(1);
        string definition = $$"""
            net_param {
              layer { name: "data" type: "DummyData" top: "x" top: "t"
                dummy_data_param { shape { dim: 2 dim: 3 dim: 4 dim: 4 } data_filler { type: "gaussian" } } }
              layer { name: "norm" type: "Normalize" bottom: "x" top: "y" norm_param { channel_shared: true } }
              layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "t" top: "loss" }
            }
            base_lr: 0.01 lr_policy: "fixed" momentum: 0.9 max_iter: 9 snapshot_format: {{format}}
            snapshot_prefix: "{{folder["s"]}}"
            """;
        using Solver first = Training.Prepare(definition, pool);
        first.Step();

        using Solver resumed = Training.Prepare(definition, pool, resumeFrom: first.WriteSnapshot());

        Assert.Equal(0, first.TrainNet.Learnable[0].Blob.AxisCount);
        Assert.Equal(Training.Weights(first), Training.Weights(resumed));
        first.Step();
        resumed.Step();
        Assert.Equal(Training.Weights(first), Training.Weights(resumed));
    }

    [Theory]
    [InlineData("BINARYPROTO")]
    [InlineData("HDF5")]
    public void GradientsAreKeptWhereAskedFor(string format)
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(1);
        Solver solver = Training.Prepare(Definition(folder, "SGD", format, 1) + " snapshot_diff: true", pool);
        solver.Step();
        string state = solver.WriteSnapshot();
        string weights = state.Replace(".solverstate", ".caffemodel", StringComparison.Ordinal);
        if (format == "HDF5")
        {
            // Caffe does not read gradients from HDF5 either; the file size shows that they are there.
            Assert.True(new FileInfo(weights).Length > 2 * 4 * Training.Weights(solver).Length);
            return;
        }

        using WeightsFile file = WeightsFile.Open(weights);
        var diff = new float[784 * 784];
        file.Layers.Single(l => l.Name == "ip1").Blobs[0]!.Diff!.CopyTo(diff);
        Assert.Equal(solver.TrainNet.Learnable[0].Blob.Diff.ToArray(), diff);
    }

    [Theory]
    [InlineData("BINARYPROTO")]
    [InlineData("HDF5")]
    public void AStateTellsTheTypeOfTheSolverThatWroteIt(string format)
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(1);
        Solver solver = Training.Prepare(Definition(folder, "RMSProp", format, 1), pool);

        using StateFile state = StateFile.Open(solver.WriteSnapshot());

        Assert.Equal("RMSProp", state.Extensions.SolverType);
    }

    private static bool TakesMomentum(string type)
    {
        try
        {
            var definition = new SolverParameter { Type = type, Momentum = 0.9f };
            return new SolverRegistry().Create(
                new SolverContext { Definition = definition, Sources = new SourceMap() }) is not null;
        }
        catch (CnnException)
        {
            return false;
        }
    }

    private static string Definition(
        TemporaryFolder folder, string type, string format, int iterations, int seed = 3) => $$"""
        net_param { {{Net}} }
        type: "{{type}}" base_lr: 0.001 lr_policy: "multistep" gamma: 0.5 stepvalue: 2 stepvalue: 7 delta: 1e-6
        {{(TakesMomentum(type) ? "momentum: 0.9" : "")}} weight_decay: 0.0005 max_iter: {{iterations}}
        random_seed: {{seed}} snapshot_format: {{format}} snapshot_after_train: false
        snapshot_prefix: "{{folder["snap"].Replace("\\", "/", StringComparison.Ordinal)}}"
        """;
}
