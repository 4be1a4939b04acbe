using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Data;

/// <summary>Sources of data that this program does not have, in a net that is only looked at.</summary>
[Trait("Category", "Unit")]
public class MadeUpSourceLayerTests
{
    private const string InPython = """
        layer {
          name: "data" type: "Python" top: "x" top: "label"
          python_param { module: "mine" layer: "Source" param_str: "{'a': 1}" }
        }
        """;

    private const string OfAFork = "layer { name: 'data' type: 'TokenizedData' top: 'x' top: 'label' }";

    [Theory]
    [InlineData(InPython)]
    [InlineData(OfAFork)]
    public void TopsHaveTheGivenShapesAndValuesBelowOne(string definition)
    {
        using Net net = Build(definition, new() { ["x"] = [2, 3, 4, 5], ["label"] = [2, 1, 4, 5] });

        net.Forward();

        Assert.Equal([2, 3, 4, 5], net.FindBlob("x").Shape);
        Assert.Equal([2, 1, 4, 5], net.FindBlob("label").Shape);
        float[] values = net.FindBlob("x").Data.ToArray();
        Assert.All(values, value => Assert.InRange(value, 0, 0.99999994f));
        Assert.True(values.Distinct().Count() > 100);
    }

    [Theory]
    [InlineData(InPython, "net:2:22: layer 'data': Python's 'mine.Source' is not supported")]
    [InlineData(OfAFork, "net:1:28: layer 'data': layer type 'TokenizedData' of MyCaffe is not supported")]
    public void AShapeThatNothingTellsIsAskedFor(string definition, string start)
    {
        var error = Assert.Throws<CnnException>(() => Build(definition, new() { ["x"] = [1, 3, 4, 4] }));

        Assert.StartsWith(
            start + ", and nothing tells the shape of 'label'; --shape label=1x3x32x32 would",
            error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(InPython, "layers in Python, such as 'mine.Source', do not run here")]
    [InlineData(OfAFork, "layer type 'TokenizedData' is of MyCaffe and not supported")]
    public void TrainingNeedsTheSource(string definition, string message) => Assert.Contains(
        message,
        Assert.Throws<CnnException>(() => Net.Build(NetDefinition.Parse(definition, "net"))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void ATypeThatIsCalledDataIsASource()
    {
        using Net net = Build("layer { type: 'HyperspectralData' top: 'x' }", new() { ["x"] = [1, 3] });

        Assert.Equal([1, 3], net.FindBlob("x").Shape);
    }

    [Fact]
    public void ATypeThatNoForkHasIsNotMadeUp() => Assert.Contains(
        "unknown layer type 'Dada'; did you mean 'Data'?",
        Assert.Throws<CnnException>(() => Build("layer { type: 'Dada' top: 'x' }", new() { ["x"] = [1, 3] })).Message,
        StringComparison.Ordinal);

    private static Net Build(string definition, Dictionary<string, int[]> shapes) => Net.Build(
        NetDefinition.Parse(definition, "net"), new NetOptions { MadeUp = new MadeUpData { Shapes = shapes } });
}
