using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class EuclideanRBFLayerTests
{
    private const string Uniform = "prototype_filler { type: 'uniform' min: -1 max: 1 }";

    [Theory]
    [InlineData("", 3, 4)]
    [InlineData("", 2, 37)]
    [InlineData("", 5, 3, 2, 4)]
    [InlineData("axis: 2", 2, 3, 5)]
    [InlineData("axis: -1", 1, 1, 1, 33)]
    [InlineData("axis: 0", 3, 4)]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheDistance(string options, params int[] shape)
    {
        using var harness = new LayerHarness(
            $"type: 'EuclideanRBF' euclidean_rbf_param {{ num_output: 7 {Uniform} {options} }}", [shape]);
        new GradientChecker().Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void EachTopValueIsTheDistanceToAPrototype()
    {
        using var harness = new LayerHarness(
            "type: 'EuclideanRBF' euclidean_rbf_param { num_output: 2 prototype: [1, -1, 1, 0, 0, 3] }",
            [[2, 3, 1, 1]]);
        harness.Set(0, 1, -1, 1, 1, 2, 3);
        harness.Forward();
        Assert.Equal([2, 2], harness.Tops[0].Shape);
        Assert.Equal([0, 6, 13, 5], harness.Top);
        Assert.Equal([2, 3], harness.Layer.Blobs[0].Shape);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void StoredPrototypesComeBeforeWrittenOnes()
    {
        using var harness = new LayerHarness(
            "type: 'EuclideanRBF' euclidean_rbf_param { num_output: 1 prototype: [5, 5] } "
            + "blobs { shape { dim: 1 dim: 2 } data: [1, 2] }",
            [[1, 2]]);
        Assert.Equal([1, 2], harness.Layer.Blobs[0].Data.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void FixedPrototypesGetNoGradient()
    {
        using var harness = new LayerHarness(
            $"type: 'EuclideanRBF' euclidean_rbf_param {{ num_output: 3 {Uniform} }}", [[2, 5]]);
        harness.Layer.SetNeedsGradient(0, false);
        harness.Forward();
        harness.Tops[0].Diff.Fill(1);
        harness.Backward();
        Assert.All(harness.Layer.Blobs[0].Diff.ToArray(), value => Assert.Equal(0, value));
        Assert.Contains(harness.Bottoms[0].Diff.ToArray(), value => value != 0);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void BatchesMayChangeAndBeEmptyAndPassesAllocateNothing()
    {
        using var harness = new LayerHarness(
            $"type: 'EuclideanRBF' euclidean_rbf_param {{ num_output: 3 {Uniform} }}", [[2, 5]], threads: 1);
        foreach (int items in new[] { 2, 9, 0, 1 })
        {
            harness.Bottoms[0].Reshape(items, 5);
            harness.Forward();
            Assert.Equal([items, 3], harness.Tops[0].Shape);
            harness.Backward();
        }

        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData("", "num_output is 0")]
    [InlineData("num_output: 4294967295", "too large")]
    [InlineData("num_output: 2 axis: 2", "axis 2 does not exist")]
    [InlineData("num_output: 2 prototype: [1, 2, 3]", "the blob is 2 x 3 (6)")]
    [InlineData("num_output: 1 prototype: [1, 2, 3] prototype_filler { }", "both given")]
    [InlineData("num_output: 1 prototype_filler { type: 'no such' }", "no such")]
    [Trait("Category", "Unit")]
    public void AWrongDefinitionIsAnErrorOfTheLayer(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: 'EuclideanRBF' euclidean_rbf_param {{ {options} }}", [[2, 3]]));
        Assert.Contains(expected, exception.ToString(), StringComparison.Ordinal);
        Assert.Equal("layer", exception.Diagnostics[0].Layer);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ItemsOfAnotherSizeAreAnError()
    {
        using var harness = new LayerHarness("type: 'EuclideanRBF' euclidean_rbf_param { num_output: 2 }", [[2, 3]]);
        harness.Bottoms[0].Reshape(2, 4);
        Assert.Contains("2 4 (8)", Assert.Throws<CnnException>(harness.Forward).Message, StringComparison.Ordinal);
        Assert.Throws<CnnException>(
            () => new LayerHarness("type: 'EuclideanRBF' euclidean_rbf_param { num_output: 2 }", [[2, 0]]));
    }
}
