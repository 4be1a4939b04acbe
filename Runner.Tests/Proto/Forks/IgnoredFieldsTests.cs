using Cnn.Proto;

namespace Cnn.Tests.Proto.Forks;

/// <summary>Fields of forks that steer other programs, in text and YAML, nets and solvers.</summary>
[Trait("Category", "Unit")]
public class IgnoredFieldsTests
{
    [Fact]
    public void HintsAreIgnoredWithOneWarningAFile()
    {
        NetDefinition net = NetDefinition.Parse(
            """
            name: "n"
            engine: "MKLDNN"
            default_forward_type: FLOAT16
            compile_net_state { bn_scale_remove: true }
            layer { name: "c" type: "Convolution" engine: "CAFFE"
              forward_math: FLOAT16
              convolution_param { num_output: 2 engine: MKL2017 conv_algorithm: "winograd" kernel_size: 3 } }
            """,
            "n.prototxt");

        Assert.Equal(
            "n.prototxt:2:1: 7 fields that only steer other programs are ignored: engine (3), compile_net_state (1), "
            + "conv_algorithm (1), default_forward_type (1), forward_math (1)",
            Assert.Single(net.Warnings).ToString().Split('\n')[0]);
        Assert.False(net.Message.Layer[0].ConvolutionParam.HasEngine);
        Assert.Equal((2u, 3u), (
            net.Message.Layer[0].ConvolutionParam.NumOutput, net.Message.Layer[0].ConvolutionParam.KernelSize[0]));
    }

    [Theory]
    [InlineData("net.prototxt", "engine: \"CAFFE\" layer { type: \"ReLU\" relu_param { engine: MKLDNN } }")]
    [InlineData("net.yaml", "engine: CAFFE\nlayer:\n- type: ReLU\n  relu_param: {engine: MKLDNN}\n")]
    public void ANetFileHasTheWarning(string name, string text)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write(name, text);

        NetDefinition net = NetDefinition.Load(path);

        Assert.Contains(
            "1: 2 fields that only steer other programs are ignored: engine (2)",
            Assert.Single(net.Warnings).ToString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("solver.prototxt", "base_lr: 1 solver_data_type: FLOAT16 engine: \"MKL2017\"\n")]
    [InlineData("solver.yaml", "base_lr: 1\nsolver_data_type: FLOAT16\nengine: MKL2017\n")]
    public void ASolverFileHasTheWarning(string name, string text)
    {
        using var folder = new TemporaryFolder();

        SolverDefinition solver = SolverDefinition.Load(folder.Write(name, text));

        Assert.Contains(
            "2 fields that only steer other programs are ignored: engine (1), solver_data_type (1)",
            Assert.Single(solver.Warnings).ToString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("relu_param { input_scale: 1 output_zero_point: 0 saturate: None }")]
    [InlineData("eltwise_param { input_scale: [1, 1.0] input_zero_point: 0 quantize_method: ONNX }")]
    public void WholeNumberArithmeticAtItsDefaultsIsIgnored(string fields) =>
        Assert.Single(NetDefinition.Parse($"layer {{ type: \"ReLU\" {fields} }}").Warnings);

    [Theory]
    [InlineData("relu_param { input_scale: 0.5 }", "field 'input_scale' of ReLUParameter is of Synopsys' Caffe")]
    [InlineData("eltwise_param { saturate: Signed }", "field 'saturate' of EltwiseParameter is of Synopsys' Caffe")]
    public void WholeNumberArithmeticThatChangesTheNetIsRefused(string fields, string message)
    {
        var error = Assert.Throws<CnnException>(() => NetDefinition.Parse($"layer {{ type: \"ReLU\" {fields} }}", "n"));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(
            ", for whole-number arithmetic, and is not at its default; the net computes something else without it",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void WholeNumberArithmeticOnRealWeightsIsIgnored() => Assert.EndsWith(
        "1 field that only steers other programs is ignored: quantization_param (1); "
        + "all layers compute in single precision",
        Assert.Single(NetDefinition.Parse(
            "layer { type: \"ReLU\" quantization_param { bw_layer_in: 8 scale_in: [3.5, 2] } }").Warnings)
            .ToString().Split('\n')[0],
        StringComparison.Ordinal);

    [Fact]
    public void AFieldThatChangesNumbersIsNoHint() => Assert.Contains(
        "n:1:49: field 'dis_mode' of ConvolutionParameter is of Synopsys' Caffe and not supported",
        Assert.Throws<CnnException>(() => NetDefinition.Parse(
            "layer { type: \"Convolution\" convolution_param { dis_mode: true } }", "n")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void AWrongEngineIsAMistake() => Assert.StartsWith(
        "n:1:38: unknown Engine 'CAFE'; did you mean 'CAFFE'?",
        Assert.Throws<CnnException>(() => NetDefinition.Parse(
            "layer { type: 'R' relu_param{engine: CAFE } }", "n")).Message,
        StringComparison.Ordinal);
}
