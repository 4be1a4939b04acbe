using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

/// <summary>SpaceToBatchND and BatchToSpaceND.</summary>
public class SpaceBatchLayerTests
{
    [Fact]
    [Trait("Category", "Unit")]
    public void PlacesInABlockAreItems()
    {
        using var harness = new LayerHarness(
            "type: 'SpaceToBatchND' space_to_batch_nd_param { block_shape: 2 block_shape: 3 paddings: 0 paddings: 1 "
            + "paddings: 1 paddings: 0 }",
            [[2, 3, 5, 4]]);
        harness.Forward();
        Assert.Equal([12, 2, 2, 4], harness.Tops[0].Shape.ToArray());
        for (int i = 0; i < harness.Top.Length; i++)
        {
            // Item (place in the block, image), row and column of the block, channel.
            int channel = i % 4, column = i / 4 % 2, row = i / 8 % 2, item = i / 16;
            int place = item / 2, y = (row * 2) + (place / 3), x = (column * 3) + (place % 3) - 1;
            float expected = y < 3 && x >= 0
                ? harness.Bottoms[0].Data[(((((item % 2) * 3) + y) * 5) + x) * 4 + channel]
                : 0;
            Assert.Equal(expected, harness.Top[i]);
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void OneGoesBackWhatTheOtherDoes()
    {
        using var there = new LayerHarness(
            "type: 'SpaceToBatchND' space_to_batch_nd_param { block_shape: 1 block_shape: 2 block_shape: 2 "
            + "paddings: 0 paddings: 0 paddings: 2 paddings: 1 paddings: 2 paddings: 1 }",
            [[2, 3, 5, 7]]);
        there.Forward();
        using var back = new LayerHarness(
            "type: 'BatchToSpaceND' batch_to_space_nd_param { block_shape: 1 block_shape: 2 block_shape: 2 "
            + "crops: 0 crops: 0 crops: 2 crops: 1 crops: 2 crops: 1 }",
            [there.Tops[0].Shape.ToArray()]);
        back.Set(0, there.Top);
        back.Forward();
        Assert.Equal([2, 3, 5, 7], back.Tops[0].Shape.ToArray());
        Assert.Equal(there.Bottoms[0].Data.ToArray(), back.Top);
    }

    [Theory]
    [InlineData(
        "type: 'SpaceToBatchND' space_to_batch_nd_param { block_shape: 2 block_shape: 2 paddings: 1 paddings: 0 "
        + "paddings: 0 paddings: 2 }",
        new[] { 2, 3, 4, 2 })]
    [InlineData(
        "type: 'SpaceToBatchND' space_to_batch_nd_param { block_shape: 2 paddings: 0 paddings: 0 }", new[] { 1, 4 })]
    [InlineData(
        "type: 'BatchToSpaceND' batch_to_space_nd_param { block_shape: 2 block_shape: 2 crops: 1 crops: 0 crops: 0 "
        + "crops: 2 }",
        new[] { 8, 2, 3, 2 })]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string definition, int[] shape)
    {
        using var harness = new LayerHarness(definition, [shape]);
        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData("SpaceToBatchND", "block_shape: 2 paddings: 0 paddings: 0", "are no multiple of 2")]
    [InlineData("SpaceToBatchND", "block_shape: 0 paddings: 0 paddings: 0", "block_shape is 0")]
    [InlineData("SpaceToBatchND", "block_shape: 3 paddings: 0", "paddings is given 1 times for 1 axes")]
    [InlineData(
        "SpaceToBatchND", "block_shape: 3 block_shape: 1 paddings: 0 paddings: 0 paddings: 0 paddings: 0",
        "block_shape is given 2 times")]
    [InlineData("BatchToSpaceND", "block_shape: 4 crops: 0 crops: 0", "are no multiple of a block's positions")]
    [InlineData("BatchToSpaceND", "block_shape: 2 crops: 5 crops: 2", "nothing is left")]
    [Trait("Category", "Unit")]
    public void WhatDoesNotFitIsNamed(string type, string options, string expected)
    {
        string block = type == "SpaceToBatchND" ? "space_to_batch_nd_param" : "batch_to_space_nd_param";
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: '{type}' {block} {{ {options} }}", [[2, 3]]));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }
}
