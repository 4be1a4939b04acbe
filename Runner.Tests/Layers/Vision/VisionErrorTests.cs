using Cnn.Proto;

namespace Cnn.Tests.Layers.Vision;

[Trait("Category", "Unit")]
public class VisionErrorTests
{
    [Theory]
    [InlineData("type: 'Deconvolution' convolution_param { num_output: 2 }", "1 2 3 4", "kernel_size is missing")]
    [InlineData("type: 'Deconvolution' convolution_param { num_output: 3 kernel_size: 1 group: 2 }", "1 2 3 4", "group 2 must divide")]
    [InlineData("type: 'Deconvolution' convolution_param { num_output: 2 kernel_size: 2 pad: 3 }", "1 2 3 4", "is 3 long on spatial axis 0")]
    [InlineData("type: 'Deconvolution' convolution_param { num_output: 9 kernel_size: 9 stride: 1000000 }", "1 2 30 40", "2^30 values")]
    [InlineData("type: 'Im2col'", "1 2 3 4", "kernel_size is missing")]
    [InlineData("type: 'Im2col' convolution_param { kernel_size: 4 }", "1 2 3 4", "is 3 long on spatial axis 0")]
    [InlineData("type: 'Im2col' convolution_param { kernel_size: 1 axis: 4 }", "1 2 3 4", "axis 4 does not exist")]
    [InlineData("type: 'Im2col' convolution_param { kernel_size: 1 axis: 3 }", "1 2 3 4", "no axis is spatial")]
    [InlineData("type: 'Im2col' convolution_param { kernel_size: 4000 pad: 40000 }", "1 2 3 4", "more than 2^30 values")]
    public void AWrongConfigurationIsALocatedError(string definition, string shape, string expected)
    {
        int[][] bottoms = [.. shape.Split(',').Select(s => s.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray())];
        var thrown = Assert.Throws<CnnException>(() => new LayerHarness(definition, bottoms));
        Assert.Contains(expected, thrown.Message);
        Assert.Contains("layer 'layer'", thrown.Message);
        Assert.Equal(1, thrown.Diagnostics[0].Location?.Line);
    }
}
