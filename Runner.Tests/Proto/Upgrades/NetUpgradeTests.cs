using Cnn.Proto;

namespace Cnn.Tests.Proto.Upgrades;

[Trait("Category", "Unit")]
public class NetUpgradeTests
{
    [Fact]
    public void EveryParameterOfAV1LayerSurvives()
    {
        string[] replaced = ["layer", "type", "param", "blob_share_mode", "blobs_lr", "weight_decay"];
        foreach (var field in V1LayerParameter.Descriptor.Fields.InDeclarationOrder().Where(
            f => !replaced.Contains(f.Name)))
        {
            Assert.Equal(field.FieldType, LayerParameter.Descriptor.FindFieldByName(field.Name)?.FieldType);
        }
    }

    [Theory]
    [InlineData(
        "layers { name: \"a\" }\nlayer { name: \"b\" }", "n:1:1: the net has both 'layer' and 'layers' entries")]
    [InlineData(
        "layers {\n layer { name: \"a\" type: \"konv\" } }",
        "n:2:26: layer 'a': unknown V0 layer type 'konv'; did you mean 'conv'?")]
    [InlineData("input: \"a\"\ninput_dim: 3", "n:2:12: the net has 1 'input' and 1 'input_dim' entries; give four")]
    [InlineData(
        "input: \"a\" input: \"b\"\ninput_shape { dim: 3 }", "the net has 2 'input' and 1 'input_shape' entries")]
    [InlineData(
        "layers { layer { name: \"im\" type: \"images\"\n new_height: -1 } }",
        "n:2:14: -1 is out of the range of uint32")]
    [InlineData(
        "layers { layer { name: \"p\" type: \"padding\" pad: 1 } bottom: \"x\" top: \"p\" }\n"
            + "layers { layer { name: \"r\" type: \"relu\" } bottom: \"p\" }",
        "n:2:51: layer 'r': padding layer 'p' is read by a layer other than a convolution or pooling with one bottom")]
    public void WhatCannotBeUpgradedIsToldWithItsPlace(string text, string message)
    {
        var sources = new SourceMap();
        var net = TextFormat.Parse<NetParameter>(text, "n", sources);
        var error = Assert.Throws<CnnException>(() => NetUpgrade.Upgrade(net, sources));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("layer { type: 'BatchNorm' param {} param {} }", false)]
    [InlineData("layer { type: 'Scale' param {} param {} param {} }", false)]
    [InlineData("layer { type: 'BatchNorm' param {} param {} param {} }", true)]
    [InlineData("layers { type: RELU }", true)]
    [InlineData("input: 'x'", true)]
    public void ANetIsOldByAnyOfItsOldParts(string text, bool expected)
    {
        Assert.Equal(expected, NetUpgrade.IsNeeded(TextFormat.Parse<NetParameter>(text, "n")));
        string[] nets = ["net_param", "train_net_param", "test_net_param {} test_net_param"];
        Assert.All(nets, name => Assert.Equal(
            expected,
            SolverUpgrade.IsNeeded(TextFormat.Parse<SolverParameter>($"{name} {{ {text} }}", "s"))));
    }

    [Fact]
    public void PlacesSurviveTheWayFromV0()
    {
        var sources = new SourceMap();
        var net = TextFormat.Parse<NetParameter>(
            "input: \"x\"\ninput_dim: [1, 1, 8, 8]\nlayers {\n layer { name: \"c\" type: \"conv\"\n  num_output: 3\n"
                + "  blobs_lr: 2 }\n bottom: \"x\"\n top: \"c\" }",
            "n",
            sources);
        net = NetUpgrade.Upgrade(net, sources);
        LayerParameter conv = net.Layer[1];
        Assert.Equal(3, sources.Find(conv)?.Line);
        Assert.Equal(4, sources.Find(conv, LayerParameter.TypeFieldNumber)?.Line);
        Assert.Equal(5, sources.Find(conv.ConvolutionParam, ConvolutionParameter.NumOutputFieldNumber)?.Line);
        Assert.Equal(6, sources.Find(conv.Param[0], ParamSpec.LrMultFieldNumber)?.Line);
        Assert.Equal(7, sources.Find(conv, LayerParameter.BottomFieldNumber)?.Line);
        Assert.Equal(1, sources.Find(net.Layer[0], LayerParameter.TopFieldNumber)?.Line);
        Assert.Equal(2, sources.Find(net.Layer[0].InputParam.Shape[0])?.Line);
    }

    [Fact]
    public void AFieldThatAV0TypeHasNoUseForIsDroppedWithAWarning()
    {
        var warnings = new List<Diagnostic>();
        var sources = new SourceMap();
        var net = TextFormat.Parse<NetParameter>(
            "layers { layer { name: \"r\" type: \"relu\" num_output: 3 new_num: 1 } }", "n", sources);
        Assert.Equal(
            "layer {\n  name: \"r\"\n  type: \"ReLU\"\n}\n",
            TextFormat.Print(NetUpgrade.Upgrade(net, sources, warnings)));
        Assert.Equal(
            "field 'num_output' means nothing for a V0 layer of type 'relu' and is dropped",
            Assert.Single(warnings).Message);
    }
}
