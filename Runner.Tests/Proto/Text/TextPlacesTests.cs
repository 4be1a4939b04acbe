using Cnn.Proto;

namespace Cnn.Tests.Proto.Text;

/// <summary>Later stages report semantic errors at the locations that the reader records.</summary>
[Trait("Category", "Unit")]
public class TextPlacesTests
{
    private const string Text =
        """
        name: "net"
        layer {
          name: "a" bottom: "x"
          bottom: [ "y",
            "z" ]
          loss_weight: 1 loss_weight: 2
          convolution_param: { num_output: 3 kernel_size: [ 5, 7 ] }
          plugin_param { rate: 1 names: [ "p",
            "q" ] inner { on: t } names: "r" }
        }
        input_shape [ { dim: 1 },
          { dim: 2 } ]
        """;

    private readonly SourceMap sources = new();
    private readonly NetParameter net;

    public TextPlacesTests() => net = TextFormat.Parse<NetParameter>(Text, "f", sources);

    [Fact]
    public void AMessageStartsAtItsName()
    {
        Assert.Equal("f:1:1", Place(sources.Find(net)));
        Assert.Equal("f:2:1", Place(sources.Find(net.Layer[0])));
        Assert.Equal("f:2:1", Place(sources.Find(net, NetParameter.LayerFieldNumber)));
        Assert.Equal("f:7:3", Place(sources.Find(net.Layer[0].ConvolutionParam)));
        Assert.Equal("f:7:3", Place(sources.Find(net.Layer[0], LayerParameter.ConvolutionParamFieldNumber)));
    }

    [Fact]
    public void AnElementOfAListStartsAtItsBracket()
    {
        Assert.Equal("f:11:15", Place(sources.Find(net.InputShape[0])));
        Assert.Equal("f:12:3", Place(sources.Find(net.InputShape[1])));
        Assert.Equal("f:12:3", Place(sources.Find(net, NetParameter.InputShapeFieldNumber, 1)));
    }

    [Fact]
    public void AScalarIsAtItsValue()
    {
        LayerParameter layer = net.Layer[0];
        Assert.Equal("f:3:9", Place(sources.Find(layer, LayerParameter.NameFieldNumber)));
        Assert.Equal("f:7:36", Place(sources.Find(layer.ConvolutionParam, ConvolutionParameter.NumOutputFieldNumber)));
        Assert.Equal("  name: \"a\" bottom: \"x\"", sources.Find(layer, LayerParameter.NameFieldNumber)!.LineText);
    }

    [Fact]
    public void EveryStringOfAListHasItsPlaceAndNumbersTheirFirst()
    {
        LayerParameter layer = net.Layer[0];
        Assert.Equal(
            ["f:3:21", "f:4:13", "f:5:5"],
            Enumerable.Range(0, 3).Select(i => Place(sources.Find(layer, LayerParameter.BottomFieldNumber, i))));
        Assert.Equal("f:6:16", Place(sources.Find(layer, LayerParameter.LossWeightFieldNumber, 1)));
        Assert.Equal("f:7:53", Place(sources.Find(layer.ConvolutionParam, ConvolutionParameter.KernelSizeFieldNumber)));
    }

    [Fact]
    public void OptionsOfAFreeFormBlockAreAtTheirNamesAndValuesAtTheirs()
    {
        var options = net.Layer[0].PluginParam.Option;
        Assert.Equal(["f:8:18", "f:8:26", "f:9:11"], options.Select(o => Place(sources.Find(o))));
        Assert.Equal(["f:8:35", "f:9:5", "f:9:34"], options[1].Value.Select(v => Place(sources.Find(v))));
        Assert.Equal("f:9:11", Place(sources.Find(options[2].Value[0].Block)));
        Assert.Equal("f:9:19", Place(sources.Find(options[2].Value[0].Block.Option[0])));
    }

    [Fact]
    public void AnUnsetFieldIsAtItsMessage() =>
        Assert.Equal(
            "f:7:3", Place(sources.Find(net.Layer[0].ConvolutionParam, ConvolutionParameter.GroupFieldNumber)));

    private static string? Place(SourceLocation? place) => place?.ToString();
}
