using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Tests.Proto.Yaml;

[Trait("Category", "Unit")]
public class YamlFormatTests
{
    [Fact]
    public void ATypeAndATextAreNeeded()
    {
        Assert.Throws<ArgumentNullException>(() => YamlFormat.Parse(null!, "", "f"));
        Assert.Throws<ArgumentNullException>(() => YamlFormat.Parse(BlobShape.Descriptor, null!, "f"));
    }

    [Fact]
    public void MapsAreMessagesListsAreRepeatedFieldsAndOneValueIsAListOfOne()
    {
        NetParameter net = Net("""
            name: 0.5   # a string field takes any scalar
            force_backward: TRUE
            input: [x, 'y', "z\n"]
            input_dim: 0x10
            state: {phase: TEST, level: -3, stage: s}
            layer:
            - name: l
              type: Convolution
              top: null
              loss_weight: [1., .5, -.inf, .NaN, +2, 1e-3, .inf, !!float 3]
              convolution_param:
                kernel_size: 3
                weight_filler: {type: msra, variance_norm: FAN_OUT}
              relu_param:
              blobs: {data: []}
            input_shape: {dim: [1, 2]}
            """);
        Assert.Equal("0.5", net.Name);
        Assert.True(net.ForceBackward);
        Assert.Equal(["x", "y", "z\n"], net.Input);
        Assert.Equal([16], net.InputDim);
        Assert.Equal((Phase.Test, -3, "s"), (net.State.Phase, net.State.Level, net.State.Stage[0]));
        LayerParameter layer = Assert.Single(net.Layer);
        Assert.Equal(["null"], layer.Top);
        Assert.Equal(
            [1f, 0.5f, float.NegativeInfinity, float.NaN, 2f, 0.001f, float.PositiveInfinity, 3f], layer.LossWeight);
        Assert.Equal(FillerParameter.Types.VarianceNorm.FanOut, layer.ConvolutionParam.WeightFiller.VarianceNorm);
        Assert.NotNull(layer.ReluParam);
        Assert.Equal([1L, 2L], net.InputShape[0].Dim);
    }

    [Fact]
    public void AMergeAddsWhatAMapDoesNotHaveAndTheFirstOfAListWins()
    {
        NetParameter net = Net("""
            layer:
            - &conv
              name: a
              type: Convolution
              convolution_param: &sizes {num_output: 20, kernel_size: 5, stride: 1}
            - <<: *conv
              name: b
              convolution_param:
                <<: [{num_output: 30}, *sizes]
                kernel_size: 3
            - *conv
            """);
        Assert.Equal(["a", "b", "a"], net.Layer.Select(l => l.Name));
        Assert.Equal("Convolution", net.Layer[1].Type);
        ConvolutionParameter merged = net.Layer[1].ConvolutionParam;
        Assert.Equal((30u, 3u, 1u), (merged.NumOutput, Assert.Single(merged.KernelSize), Assert.Single(merged.Stride)));
        Assert.NotSame(net.Layer[0], net.Layer[2]);
    }

    [Fact]
    public void BytesAreBase64OrText()
    {
        var datum = YamlFormat.Parse<Datum>("data: !!binary |\n  AAEC\n  /w==\n", "d.yaml");
        Assert.Equal(new byte[] { 0, 1, 2, 255 }, datum.Data.ToByteArray());
        Assert.Equal("é", YamlFormat.Parse<Datum>("data: é", "d.yaml").Data.ToStringUtf8());
    }

    [Fact]
    public void AFreeFormBlockIsAnyMap()
    {
        NetParameter net = Net("""
            layer:
              plugin_param:
                rate: 0.5
                mode: FAST
                title: two words
                quoted: "0.5"
                limit: .inf
                list: [1, a, "b"]
                inner: {depth: -2}
                blocks: [{x: 1}, {x: 2}]
            """);
        Assert.Equal(
            TextFormat.Parse<NetParameter>(
                """
                layer { plugin_param { rate: 0.5 mode: FAST title: "two words" quoted: "0.5" limit: inf
                  list: [1, a, "b"] inner { depth: -2 } blocks { x: 1 } blocks { x: 2 } } }
                """,
                "net.prototxt").ToByteArray(),
            net.ToByteArray());
    }

    [Fact]
    public void PlacesAreThoseOfKeysAndValues()
    {
        var sources = new SourceMap();
        var net = YamlFormat.Parse<NetParameter>(
            "layer:\n- name: a\n  bottom: [x,\n    y]\n  pooling_param:\n    stride: 2\n", "net.yaml", sources);
        LayerParameter layer = net.Layer[0];
        Assert.Equal(new SourceLocation("net.yaml", 2, 3, "- name: a"), sources.Find(layer));
        Assert.Equal((4, 5), Place(sources.Find(layer, LayerParameter.BottomFieldNumber, 1)));
        Assert.Equal((5, 3), Place(sources.Find(layer.PoolingParam)));
        Assert.Equal((6, 13), Place(sources.Find(layer.PoolingParam, PoolingParameter.StrideFieldNumber)));

        static (int, int) Place(SourceLocation? at) => (at!.Line, at.Column);
    }

    [Fact]
    public void ThePrintedTextIsWhatPeopleWouldWrite()
    {
        NetParameter net = TextFormat.Parse<NetParameter>(
            """
            name: "Le Net" layer { name: "conv1" bottom: "data" top: "a" top: "b" param { lr_mult: 1 } param { }
              include { phase: TEST } relu_param { } convolution_param { kernel_size: 5 weight_filler { std: inf } } }
            """,
            "net.prototxt");
        Assert.Equal(
            """
            name: "Le Net"
            layer:
            - name: conv1
              bottom: data
              top: [a, b]
              param:
              - lr_mult: 1
              - {}
              include:
              - phase: TEST
              convolution_param:
                kernel_size: 5
                weight_filler:
                  std: .inf
              relu_param: {}

            """,
            YamlFormat.Print(net));
    }

    [Fact]
    public void ALongListFillsLines()
    {
        var blob = new BlobProto { Data = { Enumerable.Range(0, 1000).Select(i => (float)i) } };
        string printed = YamlFormat.Print(blob);
        Assert.All(printed.Split('\n'), line => Assert.InRange(line.Length, 0, 102));
        Assert.InRange(printed.Split('\n').Length, 40, 80);
        Assert.Equal(blob, YamlFormat.Parse<BlobProto>(printed, "blob.yaml"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n...\n")]
    [InlineData("{}")]
    [InlineData("\uFEFF{}")]
    public void AnEmptyDocumentIsAnEmptyMessage(string text) => Assert.Equal(new NetParameter(), Net(text));

    private static NetParameter Net(string yaml) => YamlFormat.Parse<NetParameter>(yaml, "net.yaml");
}
