using Cnn.Proto;

namespace Cnn.Tests.Layers.Vision;

public class UpsampleDarknetLayerTests
{
    [Theory]
    [InlineData("", 1)]
    [InlineData("upsample_darknet_param { stride: 2 }", 2)]
    [InlineData("upsample_darknet_param { stride: 3 }", 3)]
    [Trait("Category", "Gradient")]
    public void PixelsAreRepeated(string options, int stride)
    {
        using var harness = new LayerHarness($"type: 'UpsampleDarknet' {options}", [[2, 3, 2, 5]]);
        harness.Forward();
        int height = 2 * stride, width = 5 * stride;
        Assert.Equal([2, 3, height, width], harness.Tops[0].Shape.ToArray());
        for (int i = 0; i < harness.Top.Length; i++)
        {
            int x = i % width / stride, y = i / width % height / stride, plane = i / width / height;
            Assert.Equal(harness.Bottoms[0].Data[(((plane * 2) + y) * 5) + x], harness.Top[i]);
        }

        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData("upsample_darknet_param { stride: 0 }", new[] { 1, 1, 2, 2 }, "stride is 0")]
    [InlineData("upsample_darknet_param { stride: 2000000000 }", new[] { 1, 1, 2, 2 }, "is too large for a stride of")]
    [InlineData("", new[] { 2, 2 }, "'bottom0' has shape 2 2 (4)")]
    [Trait("Category", "Unit")]
    public void WhatDoesNotFitIsNamed(string options, int[] shape, string expected) => Assert.Contains(
        expected,
        Assert.Throws<CnnException>(() => new LayerHarness($"type: 'UpsampleDarknet' {options}", [shape])).Message,
        StringComparison.Ordinal);
}
