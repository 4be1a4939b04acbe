using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Models;

/// <summary>
/// The classifier is replaced after training: features go to a file, and a support vector machine learns from it.
/// </summary>
[Trait("Category", "Unit")]
public sealed class SvmTests : IDisposable
{
    private readonly ModelFolder model = new("svm");
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        model.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("train", 60_000 / 100)]
    [InlineData("test", 10_000 / 100)]
    public void TheFeatureNetIsCaffesLeNetAndReadsASetInWholeBatches(string stage, int batches)
    {
        using WorkerPool pool = new(1);
        NetParameter definition = model.Definition("features.prototxt");
        IdxDataParameter data = definition.Layer
            .Single(l => l.Include.Any(r => r.Stage.Contains(stage)) && l.Type == "IdxData").IdxDataParam;
        Assert.Equal(stage == "train" ? 60_000 : 10_000, batches * (int)data.BatchSize);
        Net net = model.Build("features.prototxt", Phase.Test, "none of both", stage);
        Assert.Equal(431_080, ModelFolder.Counts(net)["all"]);
        Assert.Equal(["ip1", "label"], net.FindLayer("features")!.BottomNames.Select(b => b.Split('_')[0]));
    }

    [Fact]
    public void TheMachineLearnsFeaturesFromTheFileThatTheFeatureNetWrites()
    {
        string file = folder["features.h5"], list = folder.Write("list.txt", file);
        NetParameter features = model.WithStandIn("features.prototxt");
        foreach (LayerParameter layer in features.Layer.Where(l => l.Type == "HDF5Output"))
        {
            layer.Hdf5OutputParam.FileName = file;
        }

        using var pool = new WorkerPool(1);
        Net.Build(new NetDefinition(features), new NetOptions { Pool = pool, Stages = ["train"] }).Forward();
        float[] losses = model.Train("solver.prototxt", 12, solver =>
        {
            foreach (LayerParameter layer in solver.NetParam.Layer.Where(l => l.Type == "HDF5Data"))
            {
                layer.Hdf5DataParam.Source = list;
                layer.Hdf5DataParam.BatchSize = ModelFolder.Images;
            }

            solver.BaseLr = 0.1f;
        });

        // All scores are 0 at first: each of the ten hinges costs 1.
        Assert.Equal(10, losses[0], 1e-3);
        Assert.True(losses[^1] < 0.9 * losses[0], string.Join(' ', losses));
    }
}
