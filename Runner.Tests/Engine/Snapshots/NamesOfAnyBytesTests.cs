using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Tests.Engine.Solvers;

namespace Cnn.Tests.Engine.Snapshots;

/// <summary>Layers whose names are not UTF-8, which Caffe accepts.</summary>
[Trait("Category", "Resume")]
public class NamesOfAnyBytesTests
{
    [Theory]
    [InlineData("BINARYPROTO")]
    [InlineData("HDF5")]
    public void WeightsAreFoundByTheNameTheyWereSavedUnder(string format)
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(1);
        string definition = Definition(folder, format);
        Solver first = Training.Prepare(definition, pool);
        first.Step();
        string state = first.WriteSnapshot();

        Solver resumed = Training.Prepare(definition, pool, resumeFrom: state);
        Assert.Equal(Training.Weights(first), Training.Weights(resumed));
        string weights = state.Replace(".solverstate", ".caffemodel", StringComparison.Ordinal);
        using WeightsFile file = WeightsFile.Open(weights);
        Assert.Contains("\uEFD6\uEFD0", file.Layers.Select(l => l.Name));
        if (format == "BINARYPROTO")
        {
            // The net's name, then the layer's: field 1, 2 bytes.
            byte[] bytes = File.ReadAllBytes(weights);
            Assert.Equal([0x0A, 2, 0xC4, 0xE3], bytes[..4]);
            Assert.True(bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x0A, 2, 0xD6, 0xD0, 0x12]) > 0);
            Assert.Equal("\uEFC4\uEFE3", ProtoFile.LoadWeights(weights).Name);
        }
    }

    private static string Definition(TemporaryFolder folder, string format) => $$"""
        net_param {
          name: "\304\343"
          layer { name: "data" type: "DummyData" top: "x" top: "t"
            dummy_data_param { shape { dim: 4 dim: 3 } shape { dim: 4 dim: 2 } data_filler { type: "gaussian" } } }
          layer { name: "\326\320" type: "InnerProduct" bottom: "x" top: "ip"
            inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
          layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "t" top: "loss" }
        }
        base_lr: 0.1 lr_policy: "fixed" max_iter: 1 random_seed: 1
        snapshot_format: {{format}} snapshot_after_train: false
        snapshot_prefix: "{{folder["snap"].Replace("\\", "/", StringComparison.Ordinal)}}"
        """;
}
