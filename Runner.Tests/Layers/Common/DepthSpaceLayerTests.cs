using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

/// <summary>DepthToSpace and SpaceToDepth.</summary>
public class DepthSpaceLayerTests
{
    [Theory]
    [InlineData("NHWC")]
    [InlineData("NCHW")]
    [InlineData("DCR")]
    [InlineData("CRD")]
    [Trait("Category", "Unit")]
    public void ChannelsBecomePixels(string order)
    {
        const int Items = 2, Depth = 3, Height = 2, Width = 5, Side = 2;
        bool isLast = order == "NHWC";
        using var harness = new LayerHarness(
            $"type: 'DepthToSpace' depth_to_space_param {{ block_size: 2 data_format: '{order}' }}",
            [isLast ? [Items, Height, Width, 12] : [Items, 12, Height, Width]]);
        harness.Forward();
        int[] top = harness.Tops[0].Shape.ToArray();
        Assert.Equal(isLast ? [Items, 4, 10, Depth] : [Items, Depth, 4, 10], top);
        for (int n = 0; n < Items; n++)
        {
            for (int i = 0; i < Depth * Height * Side * Width * Side; i++)
            {
                int c = i % Depth, x = i / Depth % (Width * Side), y = i / Depth / (Width * Side);
                int pixel = ((y % Side) * Side) + (x % Side);
                int channel = order == "CRD" ? (c * Side * Side) + pixel : (pixel * Depth) + c;
                int row = y / Side, column = x / Side;
                float expected = harness.Bottoms[0].Data[isLast
                    ? (((((n * Height) + row) * Width) + column) * 12) + channel
                    : (((((n * 12) + channel) * Height) + row) * Width) + column];
                Assert.Equal(
                    expected,
                    harness.Top[isLast
                        ? (((((n * 4) + y) * 10) + x) * Depth) + c
                        : (((((n * Depth) + c) * 4) + y) * 10) + x]);
            }
        }
    }

    [Theory]
    [InlineData("NHWC", new[] { 2, 4, 6, 3 })]
    [InlineData("NCHW", new[] { 2, 3, 4, 6 })]
    [Trait("Category", "Unit")]
    public void TheOtherLayerGoesBack(string order, int[] shape)
    {
        using var there = new LayerHarness(
            $"type: 'SpaceToDepth' space_to_depth_param {{ block_size: 2 data_format: '{order}' }}", [shape]);
        there.Forward();
        using var back = new LayerHarness(
            $"type: 'DepthToSpace' depth_to_space_param {{ block_size: 2 data_format: '{order}' }}",
            [there.Tops[0].Shape.ToArray()]);
        back.Set(0, there.Top);
        back.Forward();
        Assert.Equal(shape, back.Tops[0].Shape.ToArray());
        Assert.Equal(there.Bottoms[0].Data.ToArray(), back.Top);
    }

    [Theory]
    [InlineData("type: 'DepthToSpace' depth_to_space_param { block_size: 2 }")]
    [InlineData("type: 'DepthToSpace' depth_to_space_param { block_size: 2 data_format: 'CRD' }")]
    [InlineData("type: 'SpaceToDepth' space_to_depth_param { block_size: 2 data_format: 'NCHW' }")]
    [InlineData("type: 'SpaceToDepth' space_to_depth_param { block_size: 1 }")]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string definition)
    {
        using var harness = new LayerHarness(definition, [[2, 4, 6, 4]]);
        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData("DepthToSpace", "", "block_size is 0")]
    [InlineData("DepthToSpace", "block_size: 3", "does not fit a block_size of 3")]
    [InlineData("DepthToSpace", "block_size: 2 data_format: 'NCWH'", "data_format is 'NCWH'")]
    [InlineData("SpaceToDepth", "block_size: 4", "does not fit a block_size of 4")]
    [InlineData("SpaceToDepth", "block_size: 2 data_format: 'CRD'", "data_format is 'CRD'")]
    [Trait("Category", "Unit")]
    public void WhatDoesNotFitIsNamed(string type, string options, string expected)
    {
        string block = type == "DepthToSpace" ? "depth_to_space_param" : "space_to_depth_param";
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: '{type}' {block} {{ {options} }}", [[1, 2, 6, 4]]));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }
}
