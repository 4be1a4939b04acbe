using Cnn.Engine.Graph;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Graph;

/// <summary>
/// The positions of a net's Split layers, and the names of these and of their readers: Caffe's rules, on which
/// snapshots depend.
/// </summary>
[Trait("Category", "Unit")]
public class SplitInsertionTests
{
    private const string Input =
        "layer { name: 'in' type: 'Input' top: 'x' input_param { shape { dim: 2 dim: 3 } } }\n";

    [Fact]
    public void ATopThatOneLayerReadsIsNotSplit() => Assert.Equal(
        ["in:  -> x", "a: x -> a", "b: a -> b"],
        Layers(Input + Power("a", "x") + Power("b", "a")));

    [Fact]
    public void ATopThatSeveralReadIsSplitBehindTheLayerThatMakesIt() => Assert.Equal(
        [
            "in:  -> x",
            "x_in_0_split: x -> x_in_0_split_0 x_in_0_split_1 x_in_0_split_2",
            "a: x_in_0_split_0 -> a",
            "b: x_in_0_split_1 -> b",
            "c: x_in_0_split_2 -> c",
        ],
        Layers(Input + Power("a", "x") + Power("b", "x") + Power("c", "x")));

    [Fact]
    public void ALayerThatReadsATopTwiceCountsAsTwoReaders() => Assert.Equal(
        ["in:  -> x", "x_in_0_split: x -> x_in_0_split_0 x_in_0_split_1", "sum: x_in_0_split_0 x_in_0_split_1 -> sum"],
        Layers(Input + "layer { name: 'sum' type: 'Eltwise' bottom: 'x' bottom: 'x' top: 'sum' }"));

    [Fact]
    public void ASplitKeepsClearOfTheNamesOfTheNet() => Assert.Equal(
        [
            "in:  -> x",
            "x_in_0_split_: x -> x_in_0_split__0 x_in_0_split__1",
            "x_in_0_split_1: x_in_0_split__0 -> x_in_0_split_1",
            "b: x_in_0_split__1 -> b",
        ],
        Layers(Input + Power("x_in_0_split_1", "x") + Power("b", "x")));

    [Fact]
    public void TheSplitIsNamedAfterThePlaceOfTheTop() => Assert.Equal(
        [
            "in:  -> x",
            "s: x -> p q",
            "q_s_1_split: q -> q_s_1_split_0 q_s_1_split_1",
            "a: p -> a",
            "b: q_s_1_split_0 -> b",
            "c: q_s_1_split_1 -> c",
        ],
        Layers(Input
            + "layer { name: 's' type: 'Slice' bottom: 'x' top: 'p' top: 'q' slice_param { axis: 0 } }"
            + Power("a", "p") + Power("b", "q") + Power("c", "q")));

    [Fact]
    public void ALayerThatWorksInPlaceMakesItsTopAnew() => Assert.Equal(
        [
            "in:  -> x",
            "a: x -> a",
            "r: a -> a",
            "a_r_0_split: a -> a_r_0_split_0 a_r_0_split_1",
            "b: a_r_0_split_0 -> b",
            "c: a_r_0_split_1 -> c",
        ],
        Layers(Input
            + Power("a", "x") + "layer { name: 'r' type: 'ReLU' bottom: 'a' top: 'a' }"
            + Power("b", "a") + Power("c", "a")));

    // The loss weight moves to the first top of the split, and readers begin with the second.
    [Fact]
    public void ATopWithALossWeightHasOneReaderMore()
    {
        using Net net = Build(Input
            + "layer { name: 'a' type: 'Power' bottom: 'x' top: 'a' loss_weight: 0.5 }" + Power("b", "a"));

        Assert.Equal(
            ["in:  -> x", "a: x -> a", "a_a_0_split: a -> a_a_0_split_0 a_a_0_split_1", "b: a_a_0_split_1 -> b"],
            net.Layers.Select(Describe));
        Assert.Equal([0], net.FindLayer("a").LossWeights);
        Assert.Equal([0.5f, 0], net.FindLayer("a_a_0_split").LossWeights);
        Assert.Equal(["a_a_0_split_0", "b"], net.Outputs);
    }

    [Fact]
    public void ALossWeightOfZeroReadsNothing() => Assert.Equal(
        ["in:  -> x", "a: x -> a", "b: a -> b"],
        Layers(Input + "layer { name: 'a' type: 'Power' bottom: 'x' top: 'a' loss_weight: 0 }" + Power("b", "a")));

    [Fact]
    public void SplitTopsHaveTheValuesOfTheirBottomAndItsGradientIsTheirSum()
    {
        using Net net = Build("force_backward: true " + Input
            + "layer { name: 'a' type: 'Power' bottom: 'x' top: 'a' power_param { scale: 2 } }"
            + "layer { name: 'b' type: 'Power' bottom: 'x' top: 'b' power_param { scale: 5 } }");
        net.FindInput("x").Data.Fill(3);

        net.Forward();
        net.FindBlob("a").Diff.Fill(1);
        net.FindBlob("b").Diff.Fill(10);
        net.Backward();

        Assert.Equal([6, 6, 6, 6, 6, 6], net.FindBlob("a").Data.ToArray());
        Assert.Equal([15, 15, 15, 15, 15, 15], net.FindBlob("b").Data.ToArray());
        Assert.Equal([52, 52, 52, 52, 52, 52], net.FindBlob("x").Diff.ToArray());
    }

    [Fact]
    public void ABottomThatNoLayerBeforeMakesIsRefusedAtItsPlace()
    {
        var error = Assert.Throws<CnnException>(() => Build(Input + Power("a", "later") + Power("later", "x")));

        Assert.Contains("'later'", error.Message, StringComparison.Ordinal);
        Assert.Equal("a", error.Diagnostics[0].Layer);
        Assert.Equal(2, error.Diagnostics[0].Location?.Line);
    }

    private static string Power(string name, string bottom) =>
        $"layer {{ name: '{name}' type: 'Power' bottom: '{bottom}' top: '{name}' }}\n";

    private static Net Build(string net) => Net.Build(NetDefinition.Parse(net));

    private static string[] Layers(string definition)
    {
        using Net net = Build(definition);
        return [.. net.Layers.Select(Describe)];
    }

    private static string Describe(NetLayer layer) =>
        $"{layer.Name}: {string.Join(' ', layer.BottomNames)} -> {string.Join(' ', layer.TopNames)}";
}
