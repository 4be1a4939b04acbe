using Cnn.Proto;

namespace Cnn.Tests.Layers.Vision;

[Trait("Category", "Unit")]
public class VisionErrorTests
{
    [Theory]
    [InlineData("type: 'Deconvolution' convolution_param { num_output: 2 }", "1 2 3 4", "kernel_size is missing")]
    [InlineData(
        "type: 'Deconvolution' convolution_param { num_output: 3 kernel_size: 1 group: 2 }", "1 2 3 4",
        "group 2 must divide")]
    [InlineData(
        "type: 'Deconvolution' convolution_param { num_output: 2 kernel_size: 2 pad: 3 }", "1 2 3 4",
        "is 3 long on spatial axis 0")]
    [InlineData(
        "type: 'Deconvolution' convolution_param { num_output: 9 kernel_size: 9 stride: 1000000 }", "1 2 30 40",
        "a blob holds at most 2147483631")]
    [InlineData(
        "type: 'Deconvolution' convolution_param { num_output: 1 kernel_size: 1 connections { input: 0 } }", "1 2 3 4",
        "no connection table")]
    [InlineData(
        "type: 'Deconvolution' convolution_param { num_output: 1 kernel_size: 1 pad_l: 1 }", "1 2 3 4",
        "no padding of its own for each side")]
    [InlineData(
        "type: 'Deconvolution' convolution_param { num_output: 1 kernel_size: 1 relu: true }", "1 2 3 4",
        "does not rectify")]
    [InlineData("type: 'Im2col' convolution_param { kernel_size: 1 pad_l: 1 }", "1 2 3", "needs two spatial axes")]
    [InlineData("type: 'Interp'", "1 2 3 4", "the size of the top is missing")]
    [InlineData("type: 'Interp' interp_param { height: 2 }", "1 2 3 4", "height is given without width")]
    [InlineData("type: 'Interp' interp_param { zoom_factor: 0 }", "1 2 3 4", "zoom_factor is 0, expected 1 or more")]
    [InlineData("type: 'Interp' interp_param { zoom_factor: 2 pad_end: 1 }", "1 2 3 4", "pad_end is 1, expected 0")]
    [InlineData("type: 'Interp' interp_param { zoom_factor: 2 pad_beg: -3 }", "1 2 3 4", "nothing is left on axis 2")]
    [InlineData("type: 'Interp' interp_param { height: 0 width: 4 }", "1 2 3 4", "height is 0, expected 1 or more")]
    [InlineData("type: 'Upsample' upsample_param { scale: 0 }", "1 2 3 4", "scale is 0, expected 1 or more")]
    [InlineData("type: 'Upsample' upsample_param { scale_h: 2 scale_w: 2 }", "1 2 3 4", "only scale has a meaning")]
    [InlineData("type: 'Upsample' upsample_param { scale: 1 }", "1 2 3 4,1 2 3 4", "scale is 1, expected 2 or more")]
    [InlineData(
        "type: 'Upsample' upsample_param { scale_h: 2 }", "1 2 3 4,1 2 3 4", "scale_h is given without scale_w")]
    [InlineData(
        "type: 'Upsample' upsample_param { scale: 2 scale_h: 2 scale_w: 2 }", "1 2 3 4,1 2 3 4", "is given together")]
    [InlineData(
        "type: 'Upsample' upsample_param { scale: 3 pad_out_h: true }", "1 2 3 4,1 2 3 4", "needs a scale of 2, not 3")]
    [InlineData("type: 'Upsample'", "1 2 3 4,1 2 3 3", "'bottom1' has shape 1 2 3 3")]
    [InlineData(
        "type: 'ResizeBilinear' resize_bilinear_param { data_format: 'CHW' }", "1 2 3 4", "data_format is \"CHW\"")]
    [InlineData(
        "type: 'ResizeNearestNeighbor' resize_nearest_neighbor_param { output_height: -1 }", "1 2 3 4",
        "a size of -1 is asked for")]
    [InlineData(
        "type: 'Convolution3D' convolution3d_param { num_output: 1 kernel_size: 1 }", "1 1 2 3 4",
        "kernel_depth is missing")]
    [InlineData(
        "type: 'Convolution3D' convolution3d_param { num_output: 1 kernel_size: 1 kernel_depth: 1 }", "1 2 3 4",
        "takes 5 axes")]
    [InlineData("type: 'Pooling3D' pooling3d_param { kernel_size: 1 }", "1 1 2 3 4", "kernel_depth is 0")]
    [InlineData(
        "type: 'Pooling3D' pooling3d_param { kernel_size: 2 kernel_depth: 3 }", "1 1 2 3 4", "has 2 frames, fewer")]
    [InlineData(
        "type: 'Pooling3D' pooling3d_param { kernel_size: 1 kernel_depth: 1 pool: STOCHASTIC }", "1 1 2 3 4",
        "takes the maximum or the mean")]
    [InlineData("type: 'Im2col'", "1 2 3 4", "kernel_size is missing")]
    [InlineData("type: 'Im2col' convolution_param { kernel_size: 4294967295 }", "1 2 3 4", "which is too large")]
    [InlineData("type: 'Im2col' convolution_param { kernel_size: 4 }", "1 2 3 4", "is 3 long on spatial axis 0")]
    [InlineData("type: 'Im2col' convolution_param { kernel_size: 1 axis: 4 }", "1 2 3 4", "axis 4 does not exist")]
    [InlineData("type: 'Im2col' convolution_param { kernel_size: 1 axis: 3 }", "1 2 3 4", "no axis is spatial")]
    [InlineData(
        "type: 'Im2col' convolution_param { kernel_size: 4000 pad: 40000 }", "1 2 3 4",
        "a blob holds at most 2147483631")]
    [InlineData("type: 'SPP'", "1 2 3 4", "pyramid_height is 0")]
    [InlineData("type: 'SPP' spp_param { pyramid_height: 16 }", "1 2 3 4", "pyramid_height is 16")]
    [InlineData("type: 'SPP' spp_param { pyramid_height: 2 }", "2 3 4", "'bottom0' has shape 2 3 4 (24)")]
    [InlineData("type: 'SPP' spp_param { pyramid_height: 3 }", "1 2 5 8", "is 5 long on axis 2")]
    [InlineData("type: 'SPP' spp_param { pyramid_height: 1 }", "1 2 0 8", "is 0 long on axis 2")]
    [InlineData("type: 'SPP' spp_param { pyramid_height: 2 pool: STOCHASTIC }", "1 2 5 8", "need padding")]
    [InlineData("type: 'SPP' spp_param { pyramid_height: 15 }", "1 20 2 2", "are too many")]
    [InlineData("type: 'Subsampling'", "1 2 3 4", "kernel_size is missing")]
    [InlineData("type: 'Subsampling' subsampling_param { kernel_h: 2 }", "1 2 3 4", "give both kernel_h and kernel_w")]
    [InlineData(
        "type: 'Subsampling' subsampling_param { kernel_size: 2 kernel_w: 2 }", "1 2 3 4", "together with kernel_h")]
    [InlineData(
        "type: 'Subsampling' subsampling_param { kernel_size: 2 stride: 0 }", "1 2 3 4",
        "stride is 0, expected 1 or more")]
    [InlineData("type: 'Subsampling' subsampling_param { kernel_size: 4 }", "1 2 3 4", "4 x 4 does not fit")]
    [InlineData("type: 'Subsampling' subsampling_param { kernel_size: 1 }", "2 3 4", "'bottom0' has shape 2 3 4 (24)")]
    [InlineData("type: 'HistogramPooling'", "1 2 3 4", "kernel_size is missing")]
    [InlineData("type: 'HistogramPooling' histogram_pooling_param { kernel_size: 2 bins: 1 }", "1 2 3 4", "bins is 1")]
    [InlineData(
        "type: 'HistogramPooling' histogram_pooling_param { kernel_size: 2 min: 1 }", "1 2 3 4", "min is 1 and max 1")]
    [InlineData("type: 'HistogramPooling' histogram_pooling_param { kernel_size: 5 }", "1 2 3 4", "5 x 5 does not fit")]
    [InlineData(
        "type: 'HistogramPooling' histogram_pooling_param { kernel_size: 1 bins: 1000000 }", "1 9 16 16",
        "are too many")]
    public void AWrongConfigurationIsALocatedError(string definition, string shape, string expected)
    {
        int[][] bottoms = [.. shape.Split(',').Select(
            s => s.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray())];
        var thrown = Assert.Throws<CnnException>(() => new LayerHarness(definition, bottoms));
        Assert.Contains(expected, thrown.Message);
        Assert.Contains("layer 'layer'", thrown.Message);
        Assert.Equal(1, thrown.Diagnostics[0].Location?.Line);
    }
}
