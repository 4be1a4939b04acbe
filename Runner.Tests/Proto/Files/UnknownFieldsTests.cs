using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Tests.Proto.Files;

/// <summary>Fields that forks of Caffe write and the schema lacks.</summary>
[Trait("Category", "Unit")]
public class UnknownFieldsTests
{
    // Field 202 of a layer, a message: SSD's permute_param { order: 0 order: 2 }.
    private static readonly byte[] Permute = [0xD2, 0x0C, 4, 8, 0, 8, 2];

    [Fact]
    public void EveryMessageOfTheSchemaKeepsThem()
    {
        foreach (var type in RandomMessage.Types)
        {
            IMessage message = (IMessage)Activator.CreateInstance(type.ClrType)!;
            message.MergeFrom((byte[])[0xF8, 0xFF, 3, 5]);
            Assert.Equal([8191], UnknownFields.NumbersIn(message));
        }
    }

    [Fact]
    public void CopiesAndUpgradesCarryThem()
    {
        LayerParameter layer = Layer();
        layer.Param.Add(ParamSpec.Parser.ParseFrom(Permute));
        var net = new NetParameter { Layer = { layer } };
        NetParameter upgraded = NetUpgrade.Upgrade(net.Clone(), new SourceMap());
        var merged = new NetParameter();
        merged.MergeFrom(upgraded);
        Assert.Equal([202], UnknownFields.NumbersIn(merged.Layer[0]));
        Assert.Equal([202], UnknownFields.NumbersIn(merged.Layer[0].Param[0]));
    }

    [Fact]
    public void OfAnOldLayerThoseOfItsPartsAreKeptAndItsOwnAreToldOf()
    {
        var convolution = ConvolutionParameter.Parser.ParseFrom(Permute);
        var old = new V1LayerParameter { Name = "p", ConvolutionParam = convolution };
        old.MergeFrom(Permute);
        var warnings = new List<Diagnostic>();
        NetParameter net = NetUpgrade.Upgrade(new NetParameter { Layers = { old } }, new SourceMap(), warnings);
        Assert.Equal([202], UnknownFields.NumbersIn(net.Layer[0].ConvolutionParam));
        Assert.Equal(
            "layer 'p': 1 unknown field of V1LayerParameter (202) dropped: "
                + "numbers mean other fields in the current format",
            Assert.Single(warnings).ToString());
    }

    [Fact]
    public void OfANetOfTheOldestFormatTheyAreKeptAndOfItsLayersToldOf()
    {
        var net = NetParameter.Parser.ParseFrom(Permute);
        var old = new V0LayerParameter { Name = "r", Type = "relu" };
        old.MergeFrom(Permute);
        net.Layers.Add(new V1LayerParameter { Layer = old });
        var warnings = new List<Diagnostic>();
        net = NetUpgrade.Upgrade(net, new SourceMap(), warnings);
        Assert.Equal([202], UnknownFields.NumbersIn(net));
        Assert.StartsWith(
            "layer 'r': 1 unknown field of V0LayerParameter (202) dropped", Assert.Single(warnings).ToString());
    }

    [Fact]
    public void WhatTextLosesIsSaidLayerByLayer()
    {
        LayerParameter layer = Layer();
        layer.MergeFrom((byte[])[0xDA, 0x0C, 0]);
        layer.ConvolutionParam = ConvolutionParameter.Parser.ParseFrom(Permute);
        var net = new NetParameter { Layer = { layer, new LayerParameter { Name = "b" } } };
        Assert.Equal(
            [
                "layer 'a': 2 unknown fields of LayerParameter (202, 203) left out, as text has fields by name alone; "
                    + "a binary file keeps them",
                "layer 'a': 1 unknown field of ConvolutionParameter (202) left out, as text has fields by name alone; "
                    + "a binary file keeps them",
            ],
            UnknownFields.LostInText(net).Select(d => d.ToString()));
    }

    private static LayerParameter Layer()
    {
        var layer = new LayerParameter { Name = "a" };
        layer.MergeFrom(Permute);
        return layer;
    }
}
