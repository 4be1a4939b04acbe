using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Plugins;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Plugins;

/// <summary>A plug-in's options under the name that the nets of its fork give them.</summary>
[Trait("Category", "Unit")]
public class ForeignOptionsTests
{
    private const string Data = "layer { name: 'd' type: 'Input' top: 'x' input_param { shape { dim: [1, 2] } } }\n";

    private static readonly LayerRegistry Registry = Types();

    public sealed record Inner(int Depth);

    public sealed record TimesOptions(float Factor = 1, Inner? Inner = null, string[]? Names = null);

    [Fact]
    public void ABlockOfTheForksNameIsBound()
    {
        using Net net = Build(
            "layer { name: 't' type: 'Times2' bottom: 'x' top: 'y'\n"
            + "times2_param { factor: 3 inner { depth: 7 } names: ['a', 'b'] } }");

        Assert.Equal((3, 7, 2), OptionsOf(net));
    }

    [Fact]
    public void PluginParamStillWorks()
    {
        using Net net = Build("layer { name: 't' type: 'Times2' bottom: 'x' top: 'y' plugin_param { factor: 2 } }");

        Assert.Equal((2, 0, 0), OptionsOf(net));
    }

    [Fact]
    public void AYamlFileWorksAlike()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write(
            "n.yaml",
            """
            layer:
            - {name: d, type: Input, top: x, input_param: {shape: {dim: [1, 2]}}}
            - name: t
              type: Times2
              bottom: x
              top: y
              times2_param: {factor: 3, inner: {depth: 7}, names: [a, b]}
            """);

        using var net = Net.Build(NetDefinition.Load(path), new NetOptions { Layers = Registry });

        Assert.Equal((3, 7, 2), OptionsOf(net));
    }

    [Fact]
    public void ABlockThatTheSchemaKnowsIsBoundToo()
    {
        using Net net = Build("layer { name: 't' type: 'Times3' bottom: 'x' top: 'y' power_param { scale: 3 } }");

        Assert.Equal(3, Assert.IsType<Times>(net.Layers[1].Layer).Power!.Scale);
    }

    [Theory]
    [InlineData(
        "Times2", "times2_param { fcator: 3 }",
        "n:3:16: layer 't': unknown option 'fcator' of a Times2 layer; did you mean 'factor'?")]
    [InlineData(
        "Times2", "times2_param { inner { depht: 3 depth: 1 } }",
        "n:3:24: layer 't': unknown option 'depht' of option 'inner'; did you mean 'depth'?")]
    [InlineData(
        "Times2", "times2_param { } times2_param { }", "n:3:1: layer 't': times2_param is given more than once")]
    [InlineData(
        "Times2", "times2_param { } plugin_param { }",
        "n:3:18: layer 't': plugin_param cannot be given beside times2_param")]
    [InlineData("Times2", "times_param { }", "n:3:1: unknown field 'times_param' in LayerParameter")]
    [InlineData("Times", "relux_param { }", "n:3:1: unknown field 'relux_param' in LayerParameter; did you mean 'relu")]
    [InlineData("Split", "relux_param { }", "n:3:1: unknown field 'relux_param' in LayerParameter; did you mean 'relu")]
    [InlineData("BNLL", "relux_param { }", "n:3:1: unknown field 'relux_param' in LayerParameter; did you mean 'relu")]
    [InlineData("Times", "xlu_param { }", "n:3:1: field 'xlu_param' of LayerParameter is of Synopsys' Caffe and not")]
    public void AMistakeIsLocated(string type, string block, string message)
    {
        var error = Assert.Throws<CnnException>(
            () => Build($"layer {{ name: 't' type: '{type}' bottom: 'x' top: 'y'\n{block} }}"));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AllMissingTypesAndBlocksAreListedAtOnce()
    {
        var error = Assert.Throws<CnnException>(() => Build(
            """
            layer { name: "a" type: "YoloSeg" bottom: "x" top: "a" yolo_seg_param { } }
            layer { name: "b" type: "Convolutoin" bottom: "a" top: "b" }
            layer { name: "c" type: "YoloSeg" bottom: "b" top: "c" }
            layer { name: "e" type: "Times" bottom: "c" top: "e" times_param { } }
            layer { name: "f" type: "Own" bottom: "e" top: "f" }
            """));

        Assert.Equal(
            [
                "3 layer types are not known: YoloSeg (2 layers), Convolutoin (1 layer), Own (1 layer)",
                "n:2:25: layer 'a': layer type 'YoloSeg' is of MobileNet-YOLO and not supported; write it as a "
                    + "plug-in: a C# class with [LayerType(\"...\")] that derives from Cnn.Layers.Layer, its assembly "
                    + "named with --plugin",
                "n:3:25: layer 'b': unknown layer type 'Convolutoin'; did you mean 'Convolution'?",
                "n:6:25: layer 'f': unknown layer type 'Own'; name its assembly with --plugin if it is your own",
                "n:5:54: unknown field 'times_param' in LayerParameter",
            ],
            error.Diagnostics.Select(d => d.ToString().Split('\n')[0]));
    }

    [Fact]
    public void OneMissingTypeHasItsCount() => Assert.StartsWith(
        "n:2:25: layer 'a': unknown layer type 'Own' (2 layers); name its assembly",
        Assert.Throws<CnnException>(() => Build(
            """
            layer { name: "a" type: "Own" bottom: "x" top: "a" }
            layer { name: "b" type: "Own" bottom: "a" top: "b" }
            """)).Message,
        StringComparison.Ordinal);

    private static (float, int, int) OptionsOf(Net net)
    {
        TimesOptions options = Assert.IsType<Times>(net.Layers[1].Layer).Options!;
        return (options.Factor, options.Inner?.Depth ?? 0, options.Names?.Length ?? 0);
    }

    private static Net Build(string text) =>
        Net.Build(NetDefinition.Parse(Data + text, "n"), new NetOptions { Layers = Registry });

    private static LayerRegistry Types()
    {
        var registry = new LayerRegistry();
        registry.Add("Times", context => new Times(context));
        registry.Add("Times2", context => new Times(context), "times2_param");
        registry.Add("Times3", context => new Times(context, bindsPower: true), "power_param");
        return registry;
    }

    public sealed record PowerOptions(float Power = 1, float Scale = 1, float Shift = 0);

    private sealed class Times : Layer
    {
        public Times(LayerContext context, bool bindsPower = false)
            : base(context)
        {
            if (bindsPower)
            {
                Power = PluginOptions.Bind<PowerOptions>(context);
            }
            else
            {
                Options = PluginOptions.Bind<TimesOptions>(context);
            }
        }

        public TimesOptions? Options { get; }

        public PowerOptions? Power { get; }

        public override BlobCount BottomCount => BlobCount.Exactly(1);

        public override BlobCount TopCount => BlobCount.Exactly(1);

        public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
            tops[0].ReshapeLike(bottoms[0]);

        public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
        {
        }
    }
}
