using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Graph;

/// <summary>Nets that make up data that is not here, with shapes that are given for it.</summary>
[Trait("Category", "Unit")]
public class GivenShapesTests
{
    private const string Text = """
        layer { name: "db" type: "Data" top: "data" top: "label" include { phase: TRAIN }
          data_param { source: "no/train" batch_size: 4 } transform_param { crop_size: 8 } }
        layer { name: "db" type: "Data" top: "data" top: "label" include { phase: TEST }
          data_param { source: "no/test" batch_size: 2 } }
        layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc" inner_product_param { num_output: 3 } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label" top: "loss" }
        """;

    [Fact]
    public void ANetRunsBothWaysOnMadeUpData()
    {
        using Net net = Build(Phase.Train, new MadeUpData());

        double loss = net.Forward();
        net.Backward();

        Assert.Equal([4, 3, 8, 8], net.FindBlob("data").Shape);
        Assert.Equal([3, 192], net.FindLayer("fc").Parameters[0].Shape);
        Assert.Equal(MathF.Log(3), loss, 1e-4);
    }

    [Fact]
    public void AGivenShapeIsThatOfEitherPhase()
    {
        using Net net = Build(Phase.Test, Shaped("data", 5, 1, 6, 6));

        Assert.Equal([5, 1, 6, 6], net.FindBlob("data").Shape);
        Assert.Equal([5], net.FindBlob("label").Shape);
    }

    [Fact]
    public void NothingIsMadeUpUnlessThatIsAskedFor()
    {
        CnnException error = Assert.Throws<CnnException>(() => Build(Phase.Train, null));
        Assert.Contains("cannot read 'no/train': it does not exist", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dta", "a shape is given for 'dta', but neither data nor an input is called so; did you mean 'data'?")]
    [InlineData("fc", "neither data nor an input is called so; those of the net are data, label")]
    public void AShapeIsThatOfDataOrOfAnInput(string blob, string expected)
    {
        CnnException error = Assert.Throws<CnnException>(() => Build(Phase.Train, Shaped(blob, 1, 2)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALabelHasTheBatchSizeOfTheData()
    {
        CnnException error = Assert.Throws<CnnException>(() => Build(Phase.Train, Shaped("label", 9, 2)));
        Assert.Contains("layer 'db': gives 'label' the shape 9, not 9 x 2", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Diagnostics[0].Location);
    }

    [Fact]
    public void DataThatIsHereOrDefinedKeepsItsShape()
    {
        const string Digits = "layer { name: 'd' type: 'Digits' top: 'x' digits_param { batch_size: 4 } }";
        const string Dummy = "layer { name: 'd' type: 'DummyData' top: 'x' dummy_data_param { shape { dim: 1 } } }";
        using (Net net = Net.Build(NetDefinition.Parse(Digits), Options(Shaped("x", 2, 1, 28, 28))))
        {
            Assert.Equal([2, 1, 28, 28], net.FindBlob("x").Shape);
        }

        foreach (string text in (string[])[Digits, Dummy])
        {
            CnnException error = Assert.Throws<CnnException>(
                () => Net.Build(NetDefinition.Parse(text), Options(Shaped("x", 2, 3, 28, 28))));
            Assert.Contains("not 2 x 3 x 28 x 28 as asked for", error.Message, StringComparison.Ordinal);
        }

        CnnException batch = Assert.Throws<CnnException>(
            () => Net.Build(NetDefinition.Parse(Dummy), Options(new MadeUpData { Batch = 3 })));
        Assert.Contains("takes the batch size 3", batch.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWrongSizeIsAnErrorBeforeAnythingIsBuilt()
    {
        foreach (int[] shape in (int[][])[[], [0, 1], [1, -1], [int.MaxValue, 2], [.. Enumerable.Repeat(1, 33)]])
        {
            Assert.StartsWith(
                "'data' ", Assert.Throws<CnnException>(() => Build(Phase.Train, Shaped("data", shape))).Message);
        }

        CnnException batch = Assert.Throws<CnnException>(() => Build(Phase.Train, new MadeUpData { Batch = 0 }));
        Assert.Equal("the batch size 0 is too small; 1 or more", batch.Message);
        CnnException both = Assert.Throws<CnnException>(
            () => Build(Phase.Train, Shaped("data", 1, 3, 8, 8) with { Batch = 2 }));
        Assert.Contains("contradicts the batch size 2", both.Message, StringComparison.Ordinal);
    }

    private static MadeUpData Shaped(string blob, params int[] shape) =>
        new() { Shapes = new Dictionary<string, int[]> { [blob] = shape } };

    private static NetOptions Options(MadeUpData? madeUp) => new() { MadeUp = madeUp };

    private static Net Build(Phase phase, MadeUpData? madeUp) =>
        Net.Build(NetDefinition.Parse(Text), Options(madeUp) with { Phase = phase });
}
