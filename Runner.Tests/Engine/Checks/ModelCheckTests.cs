using Cnn.Engine.Checks;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Checks;

/// <summary>
/// The checks of layers on nets of <c>Models/</c>, with small batches; each vector width has BuiltInLayerCheckTests.
/// </summary>
[Trait("Category", "Unit")]
public class ModelCheckTests
{
    [Theory]
    [InlineData("lenet/lenet_train_test.prototxt", 2)]
    [InlineData("ssd-digits/train_val.prototxt", 2)]
    [InlineData("mobilenet-v2/train_val.prototxt", 2, 3, 32, 32)]
    public void EveryLayerHolds(string model, int batch, params int[] shape)
    {
        var madeUp = new MadeUpData { Batch = batch };
        if (shape.Length > 0)
        {
            madeUp = madeUp with { Shapes = new Dictionary<string, int[]> { ["data"] = [batch, .. shape] } };
        }

        IReadOnlyList<LayerCheckReport> reports = LayerChecker.Check(
            NetDefinition.Load(Repository.PathOf($"Models/{model}")),
            new NetOptions { Phase = Phase.Train, MadeUp = madeUp },
            new LayerCheckOptions { Threads = 2, MostPoints = 5 });

        Assert.All(reports, report => Assert.True(report.Holds, report.Failures()));
    }
}
