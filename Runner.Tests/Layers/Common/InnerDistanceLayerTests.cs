using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class InnerDistanceLayerTests
{
    private const string Learned =
        "type: 'InnerDistance' inner_distance_param { num_output: 4 weight_filler { type: 'gaussian' std: 1 } }";

    [Fact]
    [Trait("Category", "Unit")]
    public void DistancesAreThoseOfTheFormula()
    {
        using var harness = new LayerHarness(Learned, [[3, 2, 5]]);
        harness.Forward();
        Assert.Equal([3, 4], harness.Tops[0].Shape.ToArray());
        Span<float> x = harness.Bottoms[0].Data, w = harness.Layer.Blobs[0].Data;
        for (int i = 0; i < 12; i++)
        {
            double sum = 0;
            for (int k = 0; k < 10; k++)
            {
                sum += Math.Pow(x[(i / 4 * 10) + k] - w[(i % 4 * 10) + k], 2);
            }

            Assert.Equal(sum, harness.Top[i], 1e-5);
        }
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction()
    {
        using var learned = new LayerHarness(Learned, [[3, 2, 5]]);
        new GradientChecker().Check(learned);
        learned.AssertAllocatesNothing();
        using var given = new LayerHarness(
            "type: 'InnerDistance' inner_distance_param { axis: 2 }", [[2, 3, 5], [4, 5]]);
        Assert.Equal([2, 3, 4], given.Tops[0].Shape.ToArray());
        new GradientChecker().Check(given);
    }

    [Theory]
    [InlineData("", "num_output is 0")]
    [InlineData("num_output: 2 distance_type: 'L1'", "distance_type is 'L1'")]
    [InlineData("num_output: 2 transpose: true", "transpose of InnerDistance is not done")]
    [InlineData("num_output: 2 axis: 3", "axis 3 does not exist")]
    [Trait("Category", "Unit")]
    public void WhatIsNotDoneIsNamed(string options, string expected) => Assert.Contains(
        expected,
        Assert.Throws<CnnException>(
            () => new LayerHarness($"type: 'InnerDistance' inner_distance_param {{ {options} }}", [[2, 3]])).Message,
        StringComparison.Ordinal);
}
