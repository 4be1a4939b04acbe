using Cnn.Layers;
using Cnn.Layers.Kernels;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Tests.Layers.Kernels;

namespace Cnn.Tests.Layers.Vision;

[Trait("Category", "Unit")]
public sealed unsafe class ConvolutionLayerTests : IDisposable
{
    private readonly WorkerPool pool = new(2);

    public void Dispose() => pool.Dispose();

    [Theory]
    [InlineData("kernel_size: 3", "2 5 4 6")]
    [InlineData("kernel_size: 3 stride: 2 pad: 1", "2 5 3 4")]
    [InlineData("kernel_size: 2 kernel_size: 3 pad: 1 pad: 0 stride: 1 stride: 2", "2 5 7 3")]
    [InlineData("kernel_h: 2 kernel_w: 3 pad_w: 1 stride_h: 2 stride_w: 1", "2 5 3 8")]
    [InlineData("kernel_size: 3 dilation: 2", "2 5 2 4")]
    [InlineData("kernel_size: 7 pad: 1 stride: 5", "2 5 1 1")]
    public void TheTopHasCaffesShape(string options, string expected)
    {
        var it = new LayerCase(pool, "Convolution", $"convolution_param {{ num_output: 5 {options} }}", [2, 3, 6, 8]);
        Assert.Equal(expected, string.Join(' ', it.Tops[0].Shape.ToArray()));
    }

    [Fact]
    public void AnInputSmallerThanTheWindowByLessThanAStrideGivesOneOutput()
    {
        var it = new LayerCase(
            pool, "Convolution", "convolution_param { num_output: 1 kernel_size: 3 stride: 2 bias_term: false weight_filler { type: 'constant' value: 1 } }", [1, 1, 2, 2]);
        it.Bottoms[0].Data.Fill(2);
        it.Layer.Forward(it.Bottoms, it.Tops);
        Assert.Equal("1 1 1 1 (1)", it.Tops[0].ShapeText);
        Assert.Equal(8f, it.Tops[0].Data[0]);
    }

    [Fact]
    public void TheAxisSaysWhereTheChannelsAre()
    {
        var it = new LayerCase(pool, "Convolution", "convolution_param { num_output: 4 kernel_size: 3 axis: 2 }", [2, 5, 3, 9]);
        Assert.Equal([2, 5, 4, 7], it.Tops[0].Shape.ToArray());
        Assert.Equal([4, 3, 3], it.Layer.Blobs[0].Shape.ToArray());
        var deep = new LayerCase(pool, "Convolution", "convolution_param { num_output: 4 kernel_size: 2 group: 2 }", [2, 6, 3, 4, 5]);
        Assert.Equal([2, 4, 2, 3, 4], deep.Tops[0].Shape.ToArray());
        Assert.Equal([4, 3, 2, 2, 2], deep.Layer.Blobs[0].Shape.ToArray());
    }

    [Fact]
    public void EveryBottomIsConvolvedWithTheSameWeightsAndGradientsAddUp()
    {
        var it = new LayerCase(
            pool, "Convolution", "convolution_param { num_output: 3 kernel_size: 2 weight_filler { type: 'constant' value: 0.5 } }",
            [2, 2, 4, 4], [2, 2, 4, 4]);
        it.Bottoms[0].Data.Fill(1);
        it.Bottoms[1].Data.Fill(3);
        it.Tops[0].Diff.Fill(1);
        it.Tops[1].Diff.Fill(2);
        it.Step([true, false]);
        Assert.All(it.Tops[0].Data.ToArray(), value => Assert.Equal(4, value));
        Assert.All(it.Tops[1].Data.ToArray(), value => Assert.Equal(12, value));
        Assert.All(it.Layer.Blobs[0].Diff.ToArray(), value => Assert.Equal((2 * 9 * 1) + (2 * 9 * 6), value));
        Assert.All(it.Layer.Blobs[1].Diff.ToArray(), value => Assert.Equal((2 * 9 * 1) + (2 * 9 * 2), value));
        Assert.Equal(1.5f, it.Bottoms[0].Diff[0]);
        Assert.All(it.Bottoms[1].Diff.ToArray(), value => Assert.Equal(0, value));
        it.Layer.SetNeedsGradient(0, false);
        it.Layer.Blobs[0].Diff.Clear();
        it.Step([true, true]);
        Assert.All(it.Layer.Blobs[0].Diff.ToArray(), value => Assert.Equal(0, value));
        Assert.Equal(3f, it.Bottoms[1].Diff[0]);
    }

    [Fact]
    public void TheLayerFollowsItsBottomsNewShape()
    {
        var it = new LayerCase(pool, "Convolution", "convolution_param { num_output: 2 kernel_size: 3 }", [1, 1, 5, 5]);
        it.Bottoms[0].Reshape(4, 1, 8, 7);
        it.Step([true]);
        Assert.Equal([4, 2, 6, 5], it.Tops[0].Shape.ToArray());
        it.Bottoms[0].Reshape(0, 1, 8, 7);
        it.Step([true]);
        Assert.Equal(0, it.Tops[0].Count);
    }

    [Theory]
    [InlineData("convolution_param { num_output: 1 }", "kernel_size is missing")]
    [InlineData("convolution_param { kernel_size: 1 }", "num_output is 0")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 0 }", "kernel_size is 0")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 1 stride: 0 }", "stride is 0")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 1 dilation: 0 }", "dilation is 0")]
    [InlineData("convolution_param { num_output: 1 kernel_h: 3 }", "give both kernel_h and kernel_w")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 1 kernel_h: 1 kernel_w: 1 }", "together with kernel_h")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 1 kernel_size: 1 kernel_size: 1 }", "given 3 times")]
    [InlineData("convolution_param { num_output: 4 kernel_size: 1 group: 2 }", "group 2 must divide the 3 channels")]
    [InlineData("convolution_param { num_output: 4 kernel_size: 1 group: 0 }", "group is 0")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 9 }", "2 3 6 8 (288) is 6 long")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 1 axis: 4 }", "axis 4 does not exist")]
    [InlineData("convolution_param { num_output: 16777216 kernel_size: 4000 }", "are too many")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 1 pad: 16777216 stride: 16777216 }", "too large")]
    public void AWrongDefinitionIsALocatedError(string text, string expected)
    {
        var thrown = Assert.Throws<CnnException>(() => new LayerCase(pool, "Convolution", text, [2, 3, 6, 8]));
        Assert.Contains(expected, thrown.Message);
        Assert.Contains("net.prototxt:1:", thrown.Message);
        Assert.Contains("layer 'it'", thrown.Message);
    }

    [Fact]
    public void BottomsOfDifferentShapesAreAnErrorThatNamesBoth()
    {
        var thrown = Assert.Throws<CnnException>(() => new LayerCase(
            pool, "Convolution", "convolution_param { num_output: 1 kernel_size: 1 }", [1, 2, 3, 4], [1, 2, 3, 5]));
        Assert.Contains("'in1' has shape 1 2 3 5", thrown.Message);
        var it = new LayerCase(pool, "Convolution", "convolution_param { num_output: 1 kernel_size: 1 }", [1, 2, 3, 4]);
        it.Bottoms[0].Reshape(1, 3, 3, 4);
        thrown = Assert.Throws<CnnException>(() => it.Layer.Reshape(it.Bottoms, it.Tops));
        Assert.Contains("has become 1 3 3 4", thrown.Message);
    }

    [Theory]
    [InlineData("convolution_param { num_output: 7 kernel_size: 3 pad: 1 }")]
    [InlineData("convolution_param { num_output: 4 kernel_size: 3 stride: 2 group: 2 }")]
    public void AStepAllocatesNothingAfterTheFirst(string text)
    {
        using var alone = new WorkerPool(1);
        var it = new LayerCase(alone, "Convolution", text, [3, 4, 9, 9]);
        bool[] propagate = [true];
        Assert.Equal(0, Allocations.OnThisThread(() => it.Step(propagate)));
    }
}
