using Cnn.Proto;

namespace Cnn.Tests.Proto.Upgrades;

[Trait("Category", "Unit")]
public class V1CropOffsetsTests
{
    // VGG-16 as far as places go, with the padding of 100 of Long et al.'s nets.
    private const string Vgg = "input: 'data' input_dim: 1 input_dim: 3 input_dim: 500 input_dim: 500 "
        + "layers { type: CONVOLUTION name: 'c' bottom: 'data' top: 'c' "
        + "convolution_param { num_output: 4 kernel_size: 3 pad: 100 } } "
        + "layers { type: RELU name: 'r' bottom: 'c' top: 'c' } " + Pools;

    private const string Pools = "layers { type: POOLING name: 'p1' bottom: 'c' top: 'p1' pooling_param { "
        + "kernel_size: 2 stride: 2 } } "
        + "layers { type: POOLING name: 'p2' bottom: 'p1' top: 'p2' pooling_param { kernel_size: 2 "
        + "stride: 2 } } layers { type: POOLING name: 'p3' bottom: 'p2' top: 'p3' pooling_param { kernel_size: 2 "
        + "stride: 2 } } layers { type: POOLING name: 'p4' bottom: 'p3' top: 'p4' pooling_param { kernel_size: 2 "
        + "stride: 2 } } layers { type: POOLING name: 'p5' bottom: 'p4' top: 'p5' pooling_param { kernel_size: 2 "
        + "stride: 2 } } layers { type: CONVOLUTION name: 'f' bottom: 'p5' top: 'f' "
        + "convolution_param { num_output: 4 kernel_size: 7 } } ";

    // The offsets of the published nets of 2016, which pycaffe computed.
    [Fact]
    public void TheOffsetsAreThoseOfThePublishedNets()
    {
        Assert.Equal([19, 19], Offset("up", Vgg + Up("up", "f", 64, 32) + Crop("up", "data")));
        const string Sixteen = Vgg + "layers { type: DECONVOLUTION name: 'u2' bottom: 'f' top: 'u2' "
            + "convolution_param { num_output: 4 kernel_size: 4 stride: 2 } } "
            + "layers { type: CONVOLUTION name: 's4' bottom: 'p4' top: 's4' "
            + "convolution_param { num_output: 4 kernel_size: 1 } } "
            + "layers { type: CROP name: 's4c' bottom: 's4' bottom: 'u2' top: 's4c' } "
            + "layers { type: ELTWISE name: 'sum' bottom: 'u2' bottom: 's4c' top: 'sum' } ";
        Assert.Equal([5, 5], Offset("s4", Sixteen));
        Assert.Equal([27, 27], Offset("up", Sixteen + Up("up", "sum", 32, 16) + Crop("up", "data")));
    }

    [Fact]
    public void WhereTheLayersDoNotTellItsOffsetAWarningSaysSo()
    {
        const string Text = "input: 'x' input_dim: 1 input_dim: 1 input_dim: 9 input_dim: 9 input: 'y' input_dim: 1 "
            + "input_dim: 1 input_dim: 5 input_dim: 5 layers { type: CROP name: 'c' bottom: 'x' bottom: 'y' top: 'c' }";
        Diagnostic warning = Assert.Single(Upgraded.Net(Text).Warnings);
        Assert.Contains("CROP takes its offset from the layers", warning.Message, StringComparison.Ordinal);
        Assert.NotNull(warning.Location);
    }

    private static string Up(string name, string bottom, int kernel, int stride) =>
        $"layers {{ type: DECONVOLUTION name: '{name}' bottom: '{bottom}' top: '{name}' "
        + $"convolution_param {{ num_output: 4 kernel_size: {kernel} stride: {stride} }} }} ";

    private static string Crop(string bottom, string like) =>
        $"layers {{ type: CROP name: '{bottom}c' bottom: '{bottom}' bottom: '{like}' top: '{bottom}c' }} ";

    private static uint[] Offset(string cropped, string text)
    {
        NetParameter net = NetUpgrade.Upgrade(TextFormat.Parse<NetParameter>(text, "n"), new SourceMap());
        return [.. net.Layer.Single(l => l.Type == "Crop" && l.Bottom[0] == cropped).CropParam.Offset];
    }
}
