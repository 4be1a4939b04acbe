using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Models;

/// <summary>The nets of 2015 to 2018 as their files describe them, against the published counts.</summary>
[Trait("Category", "Unit")]
public sealed class RecentNetsTests : IDisposable
{
    private readonly WorkerPool pool = new(2);

    public static TheoryData<string> Nets => new(
        "squeezenet", "mobilenet-v1", "mobilenet-v2", "resnet50", "resnet18-small", "densenet121", "se-resnet50",
        "shufflenet");

    public void Dispose() => pool.Dispose();

    // ResNet-50 is usually given with 25,557,032; the authors' file has a bias of 64 numbers in conv1 besides.
    [Theory]
    [InlineData("squeezenet", 1_235_496)]
    [InlineData("mobilenet-v1", 4_231_976)]
    [InlineData("mobilenet-v2", 3_504_872)]
    [InlineData("resnet50", 25_557_032 + 64)]
    [InlineData("resnet18-small", 11_173_962)]
    [InlineData("densenet121", 7_978_856)]
    [InlineData("se-resnet50", 28_088_024)]
    [InlineData("mobilenet-ssd", 5_783_417)]
    public void TheLearnedParametersAreAsManyAsPublished(string name, int published)
    {
        using Net net = Build(name, "deploy.prototxt", Phase.Test);
        Assert.Equal(
            published,
            net.Layers.Where(l => l.Type != "BatchNorm").Sum(l => l.Parameters.Sum(b => b.Count)));
    }

    // Millions; only convolutions and products count.
    [Theory]
    [InlineData("mobilenet-v1", 569)]
    [InlineData("mobilenet-v2", 300)]
    [InlineData("resnet50", 3_858)]
    [InlineData("shufflenet", 137)]
    public void TheMultiplyAddsAreThePublishedOnes(string name, int millions)
    {
        using Net net = Build(name, "deploy.prototxt", Phase.Test);
        Assert.Equal(millions, Math.Floor(net.Layers.Sum(l => (double)l.Cost.MultiplyAdds) / 1e6), tolerance: 1);
    }

    [Theory]
    [MemberData(nameof(Nets))]
    public void YamlAndPrototxtSayTheSame(string name) => ModelFolder.RequireYamlNets(name);

    [Theory]
    [MemberData(nameof(Nets))]
    public void TheTrainingNetHasTheParametersOfTheDeployedOne(string name)
    {
        using Net deploy = Build(name, "deploy.prototxt", Phase.Test);
        using Net train = Build(name, "train_val.prototxt", Phase.Train);
        Assert.Equal(Shapes(deploy), Shapes(train));
    }

    [Fact]
    public void MobileNetSsdHasThePublishedNumberOfPriors()
    {
        using Net net = Build("mobilenet-ssd", "deploy.prototxt", Phase.Test);
        Assert.Equal([1, 2, 4 * 1917], net.FindBlob("mbox_priorbox").Shape.ToArray());
        Assert.Equal(7, net.FindBlob("detection_out").Dim(3));
    }

    private static string PathOf(string name, string file) => Repository.PathOf("Models", name, file);

    private static string[] Shapes(Net net) =>
    [
        .. net.Layers.Where(l => l.Parameters.Count > 0)
            .Select(l => $"{l.Name}: {string.Join(", ", l.Parameters.Select(b => b.ShapeText))}"),
    ];

    // Data are made up; one image is enough for shapes.
    private Net Build(string name, string file, Phase phase) => Net.Construct(
        NetDefinition.Load(PathOf(name, file)),
        new NetOptions { Phase = phase, Pool = pool, MadeUp = new Cnn.Layers.MadeUpData { Batch = 1 } });
}
