using Cnn.Proto;

namespace Cnn.Tests.Layers.Data;

/// <summary>Input and DummyData.</summary>
[Trait("Category", "Unit")]
public class SourceLayerTests
{
    [Theory]
    [InlineData("input_param { shape { dim: 2 dim: 3 } }", 2, 3)]
    [InlineData("input_param { shape { dim: 2 dim: 3 } shape { dim: 2 dim: 3 } }", 2, 3)]
    public void InputTopsTakeTheDeclaredShapes(string options, int rows, int columns)
    {
        using var harness = new LayerHarness($"type: 'Input' {options}", [], tops: 2);
        Assert.All(harness.Tops, top => Assert.Equal([rows, columns], top.Shape));
        Assert.Equal(new float[6], harness.Top);
    }

    [Fact]
    public void InputKeepsShapesAndValuesThatTheCallerGives()
    {
        using var harness = new LayerHarness("type: 'Input' input_param { shape { dim: 2 } }", []);
        harness.Tops[0].Reshape(3);
        harness.Tops[0].Data.Fill(4);
        harness.Forward();
        Assert.Equal([4, 4, 4], harness.Top);
    }

    [Theory]
    [InlineData("Input", "input_param { shape { dim: 1 } shape { dim: 1 } }")]
    [InlineData("Input", "input_param { shape { dim: -1 } }")]
    [InlineData("Input", "input_param { shape { dim: 4294967296 } }")]
    [InlineData("Input", "input_param { shape { dim: 65536 dim: 65536 } }")]
    [InlineData("DummyData", "")]
    [InlineData("DummyData", "dummy_data_param { shape { dim: 1 } num: 1 }")]
    [InlineData("DummyData", "dummy_data_param { num: 1 }")]
    [InlineData("DummyData", "dummy_data_param { shape { dim: 1 } data_filler { type: 'no such' } }")]
    [InlineData("DummyData", "dummy_data_param { shape { dim: 1 } data_filler { } data_filler { } }")]
    [InlineData("DummyData", "dummy_data_param { num: 65536 channels: 65536 height: 1 width: 1 }")]
    public void AWrongDefinitionIsAnErrorOfTheLayer(string type, string options)
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness($"type: '{type}' {options}", [], tops: 3));
        Assert.Equal("layer", exception.Diagnostics[0].Layer);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Fact]
    public void DummyDataFillsItsTopsInEveryPass()
    {
        using var harness = new LayerHarness(
            "type: 'DummyData' dummy_data_param { shape { dim: 4 } data_filler { value: 3 } "
                + "data_filler { type: 'uniform' } }",
            [], tops: 2, threads: 1);
        harness.Forward();
        Assert.Equal([3, 3, 3, 3], harness.Top);
        float[] first = harness.Tops[1].Data.ToArray();
        harness.Tops[0].Data.Fill(8);
        harness.Clock.Pass++;
        harness.Forward();
        Assert.Equal([3, 3, 3, 3], harness.Top);
        Assert.NotEqual(first, harness.Tops[1].Data.ToArray());
        harness.Clock.Pass--;
        harness.Forward();
        Assert.Equal(first, harness.Tops[1].Data.ToArray());
        harness.AssertAllocatesNothing();
    }

    [Fact]
    public void DummyDataTakesTheOldFourDimensions()
    {
        using var harness = new LayerHarness(
            "type: 'DummyData' dummy_data_param { num: 2 channels: 3 height: 4 height: 5 width: 1 }", [], tops: 2);
        Assert.Equal([2, 3, 4, 1], harness.Tops[0].Shape);
        Assert.Equal([2, 3, 5, 1], harness.Tops[1].Shape);
        Assert.All(harness.Top, value => Assert.Equal(0, value));
    }
}
