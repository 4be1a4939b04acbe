using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Faults;

/// <summary>
/// A thousand damaged definitions of each format; those that can still be read are built if their nets are small.
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class DamagedTextTests : IDisposable
{
    // A definition in the old format: enumerated types, blobs_lr, weights inside.
    private const string Old = """
        name: "old"
        input: "data" input_dim: 1 input_dim: 1 input_dim: 4 input_dim: 4
        layers { name: "ip" type: INNER_PRODUCT bottom: "data" top: "ip" blobs_lr: 1 blobs_lr: 2
          weight_decay: 1 weight_decay: 0 inner_product_param { num_output: 2 }
          blobs { num: 1 channels: 1 height: 2 width: 16 data: [ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 ] }
          blobs { num: 1 channels: 1 height: 1 width: 2 data: 0.5 data: 0.25 } }
        layers { name: "relu" type: RELU bottom: "ip" top: "ip" }
        layers { name: "prob" type: SOFTMAX bottom: "ip" top: "prob" }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("net.prototxt")]
    [InlineData("net.yaml")]
    public async Task Nets(string name)
    {
        string path = folder[name];
        ProtoFile.Save(ProtoFile.LoadNet(folder.Write("source.prototxt", SmallTraining.Net)).Message, path);
        await Damage.Check(path, damaged => ProtoFile.LoadNet(damaged));
    }

    [Theory]
    [InlineData("solver.prototxt")]
    [InlineData("solver.yaml")]
    public async Task Solvers(string name)
    {
        string path = folder[name];
        ProtoFile.Save(
            ProtoFile.LoadSolver(folder.Write("source.prototxt", SmallTraining.Solver(10, 5))).Message, path);
        await Damage.Check(path, damaged => ProtoFile.LoadSolver(damaged));
    }

    [Theory]
    [InlineData("old.prototxt")]
    [InlineData("old.caffemodel")]
    public async Task OldNetsAndTheWeightsInThem(string name)
    {
        using var pool = new WorkerPool(1);
        string text = folder.Write("old.prototxt", Old), path = folder[name];
        if (path != text)
        {
            ProtoFile.Save(ProtoFile.Load<NetParameter>(text).Message, path);
        }

        NetParameter definition = ProtoFile.LoadNet(text).Message;
        Net net = Net.Build(new NetDefinition(definition), new NetOptions { Pool = pool });
        await Damage.Check(path, damaged => net.CopyWeightsFrom(damaged));
    }
}
