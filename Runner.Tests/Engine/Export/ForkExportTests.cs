using Cnn.Engine.Export;
using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Engine.Import;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Tests.Engine.Import;

namespace Cnn.Tests.Engine.Export;

/// <summary>The layer types of the forks as ONNX: ONNX Runtime computes the same.</summary>
[Trait("Category", "Golden")]
public sealed class ForkExportTests : IDisposable
{
    private const string Uniform = "{ type: 'uniform' min: -1 max: 1 }";

    // What ONNX cannot say: no operator has the rule, and it is no fixed sequence of operators.
    private static readonly string[] Refused =
    [
        "BoxAnnotatorOHEM", "PSROIPooling", "Proposal", "Python", "YoloDetectionOutput", "Yolov3DetectionOutput",
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("type: 'Add' bottom: 'y'", "2 3 4 5", "3 1 5")]
    [InlineData("type: 'Add' bottom: 'y'", "3 1 5", "2 3 4 5")]
    [InlineData("type: 'Mul' bottom: 'y'", "2 3 4 5", "2 1 1 1")]
    [InlineData("type: 'Mul' bottom: 'y'", "2 1 4 1", "3 1 5")]
    [InlineData("type: 'ChannelScale' bottom: 'y'", "2 3 4 5", "2 1 4 5")]
    [InlineData("type: 'ChannelScale' bottom: 'y' channel_scale_param { do_forward: false }", "2 3 4 5", "2 1 4 5")]
    [InlineData("type: 'InnerDistance' bottom: 'y'", "2 3 4", "5 12")]
    [InlineData("type: 'Lstm' bottom: 'y' lstm_param { num_output: 3 weight_filler FILLER bias_filler FILLER }",
        "4 2 5", "4 2")]
    [InlineData("type: 'Correlation' bottom: 'y' correlation_param { pad: 3 kernel_size: 1 max_displacement: 3 "
        + "stride_2: 2 }", "2 3 6 7", "2 3 6 7")]
    [InlineData("type: 'Correlation' bottom: 'y' correlation_param { pad: 3 kernel_size: 3 max_displacement: 2 "
        + "stride_1: 2 correlation_type: SUBTRACT }", "2 3 6 7", "2 3 6 7")]
    [InlineData("type: 'FlowWarp' bottom: 'y'", "2 3 5 6", "2 2 5 6")]
    [InlineData("type: 'FlowWarp' bottom: 'y'", "2 3 1 6", "2 2 1 6")]
    [InlineData("type: 'Python' bottom: 'y' python_param { module: 'eltwise' layer: 'Eltwise' "
        + "param_str: \"{'operation': 1, 'coeff': [2, -3]}\" }", "2 3 4 5", "4 1")]
    [InlineData("type: 'Python' bottom: 'y' python_param { module: 'eltwise' layer: 'Eltwise' "
        + "param_str: \"{'operation': 3}\" }", "2 3 4 5", "5")]
    [InlineData("type: 'Python' bottom: 'y' python_param { module: 'eltwise' layer: 'Eltwise' "
        + "param_str: \"{'operation': 4}\" }", "2 3 4 5", "2 3 4 5")]
    public void LayersOfTwoBottomsAgree(string layer, string first, string second) =>
        RequireAgreement(
            $"{Signed("x", first)} {Signed("y", second)} layer {{ name: 'l' bottom: 'x' top: 'z' {layer} }}");

    [Theory]
    [InlineData("type: 'Mul' mul_param { mul_shape: 3 mul_shape: 1 mul_shape: 1 }", "2 3 4 5")]
    [InlineData("type: 'Pad' pad_param { paddings: [0, 0, 1, 0, 2, 3, 0, 4] constant_values: 1.5 }", "2 3 4 5")]
    [InlineData("type: 'Pad' pad_param { paddings: [1, 2, 0, 1] }", "2 3")]
    [InlineData("type: 'SPP' spp_param { pyramid_height: 1 }", "2 3 6 7")]
    [InlineData("type: 'SPP' spp_param { pyramid_height: 3 pool: AVE }", "2 3 6 7")]
    [InlineData("type: 'Transpose' transpose_param { dim: [0, 3, 1, 2] }", "2 3 4 5")]
    [InlineData("type: 'Transpose' transpose_param { dim: [2, 0, 1] }", "2 3 4")]
    [InlineData("type: 'Reverse'", "4 2 3")]
    [InlineData("type: 'Reverse' reverse_param { axis: [1, -1] }", "2 3 4")]
    [InlineData("type: 'Flip'", "2 3 4 5")]
    [InlineData("type: 'Flip' flip_param { flip_height: true }", "2 3 4 5")]
    [InlineData("type: 'Flip' flip_param { flip_width: false }", "2 3 4 5")]
    [InlineData("type: 'SeLU'", "2 3")]
    [InlineData("type: 'SeLu' selu_param { lambda: 1.5 alpha: 0.5 }", "2 3")]
    [InlineData("type: 'SeLUDropout'", "2 3")]
    [InlineData("type: 'SeLuDropout'", "2 3")]
    [InlineData("type: 'DepthToSpace' depth_to_space_param { block_size: 2 data_format: 'NCHW' }", "2 8 3 4")]
    [InlineData("type: 'DepthToSpace' depth_to_space_param { block_size: 2 data_format: 'DCR' }", "2 8 3 4")]
    [InlineData("type: 'DepthToSpace' depth_to_space_param { block_size: 2 data_format: 'CRD' }", "2 8 3 4")]
    [InlineData("type: 'DepthToSpace' depth_to_space_param { block_size: 2 data_format: 'NHWC' }", "2 3 4 8")]
    [InlineData("type: 'SpaceToDepth' space_to_depth_param { block_size: 3 data_format: 'NCHW' }", "2 2 6 9")]
    [InlineData("type: 'SpaceToDepth' space_to_depth_param { block_size: 3 data_format: 'NHWC' }", "2 6 9 2")]
    [InlineData("type: 'SpaceToBatchND' space_to_batch_nd_param { block_shape: [2, 3] paddings: [1, 0, 0, 1] }",
        "2 5 8 3")]
    [InlineData("type: 'BatchToSpaceND' batch_to_space_nd_param { block_shape: [2, 3] crops: [1, 0, 0, 2] }",
        "12 2 3 4")]
    [InlineData("type: 'BatchToSpaceND' batch_to_space_nd_param { block_shape: 2 crops: [0, 0] }", "4 2 3")]
    [InlineData("type: 'UpsampleDarknet' upsample_darknet_param { stride: 3 }", "2 3 4 5")]
    [InlineData("type: 'ICNetSubgraph'", "2 3 33 65")]
    [InlineData("type: 'ICNetSubgraph'", "1 2 20 37")]
    [InlineData("type: 'InnerDistance' inner_distance_param { num_output: 4 weight_filler FILLER }", "2 3 4")]
    [InlineData("type: 'InnerDistance' inner_distance_param { num_output: 4 axis: 2 weight_filler FILLER }", "2 3 4")]
    [InlineData("type: 'ContinuationIndicator' continuation_indicator_param { time_step: 3 axis: 1 }", "2 4")]
    [InlineData("type: 'Lstm' lstm_param { num_output: 3 weight_filler FILLER bias_filler FILLER }", "3 2 4")]
    [InlineData("type: 'Lstm' lstm_param { num_output: 3 weight_filler FILLER }", "1 2 2 2")]
    [InlineData("type: 'Python' python_param { module: 'pad' layer: 'PadTensor' param_str: "
        + "\"{'pad_t': 1, 'pad_b': 2, 'pad_l': 0, 'pad_r': 3, 'pad_mode': 'constant'}\" }", "2 3 4 5")]
    [InlineData("type: 'Python' python_param { module: 'shape' layer: 'TensorShape' }", "2 3 4 5")]
    [InlineData("type: 'Python' python_param { module: 'yolov2' layer: 'darknet_reorg' "
        + "param_str: \"{'stride': 2}\" }", "2 4 6 8")]
    [InlineData("type: 'Python' python_param { module: 'spatial_dropout' layer: 'SpatialDropoutLayer' "
        + "param_str: \"{'p': '0.25', 'phase': 'TEST'}\" }", "2 3 4 5")]
    [InlineData("type: 'Reorg' reorg_param { stride: 2 reverse: true }", "2 8 3 4")]
    public void LayersOfOneBottomAgree(string layer, string shape) =>
        RequireAgreement($"{Signed("x", shape)} layer {{ name: 'l' bottom: 'x' top: 'z' {layer} }}");

    [Fact]
    public void TheBatchStaysOpenBetweenItemsAndBlocks()
    {
        string text = Input("x", "2 4 6 3") + """
            layer { name: 'a' type: 'SpaceToBatchND' bottom: 'x' top: 'a'
              space_to_batch_nd_param { block_shape: [2, 2] paddings: [0, 0, 1, 1] } }
            layer { name: 'b' type: 'SeLU' bottom: 'a' top: 'a' }
            layer { name: 'c' type: 'BatchToSpaceND' bottom: 'a' top: 'c'
              batch_to_space_nd_param { block_shape: [2, 2] crops: [0, 0, 1, 1] } }
            """;
        Assert.Null(RequireAgreement(text).BatchProblem);
    }

    [Fact]
    public void ARecurrentNetHasItsMarkersAsAConstant()
    {
        string text = Input("x", "4 2 5") + $$"""
            layer { name: 'cont' type: 'ContinuationIndicator' top: 'cont'
              continuation_indicator_param { time_step: 4 batch_size: 2 } }
            layer { name: 'l' type: 'LSTM' bottom: 'x' bottom: 'cont' top: 'h'
              recurrent_param { num_output: 3 weight_filler {{Uniform}} } }
            """;
        Assert.Equal(["x"], RequireAgreement(text).Inputs);
    }

    [Theory]
    [InlineData("type: 'CtcLoss' bottom: 'y' ctc_loss_param { alphabet_size: 4 time_step: 3 }", "3 2 4", "2 2")]
    [InlineData("type: 'L1Loss' bottom: 'y'", "2 3 4 5", "2 3 4 5")]
    [InlineData("type: 'CenterLoss' bottom: 'y' center_loss_param { num_output: 4 }", "2 3", "2")]
    [InlineData("type: 'Python' bottom: 'y' loss_weight: 1 "
        + "python_param { module: 'pyloss' layer: 'EuclideanLossLayer' }", "2 3", "2 3")]
    public void WhatALossJudgesIsTheOutput(string layer, string first, string second)
    {
        string text = $"{Input("x", first)} {Input("y", second)} "
            + "layer { name: 'p' type: 'Power' bottom: 'x' top: 'p' power_param { scale: 2 } } "
            + $"layer {{ name: 'l' bottom: 'p' top: 'z' {layer} }}";
        Assert.Equal(["p"], RequireAgreement(text).Outputs);
    }

    [Theory]
    [InlineData("SINGLE", null)]
    [InlineData("QUADRUPLE", "its scores depend on the labels")]
    public void AnAngularMarginNeedsTheLabels(string type, string? expected)
    {
        string text = $"{Input("x", "2 3 4")} {Input("y", "2")} layer {{ name: 'l' type: 'MarginInnerProduct' "
            + "bottom: 'x' bottom: 'y' top: 'z' margin_inner_product_param { num_output: 5 "
            + $"type: {type} weight_filler {Uniform} }} }}";
        if (expected is null)
        {
            RequireAgreement(text);
            return;
        }

        using Net net = Net.Build(NetDefinition.Parse(text));
        CnnException exception = Assert.Throws<CnnException>(() => net.ExportOnnx(folder["net.onnx"]));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Contains("'l'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFlowBeforeGridSampleIsRefused()
    {
        string text = $"{Input("x", "1 1 3 3")} {Input("y", "1 2 3 3")} "
            + "layer { name: 'warp' type: 'FlowWarp' bottom: 'x' bottom: 'y' top: 'z' }";
        using Net net = Net.Build(NetDefinition.Parse(text));
        CnnException exception = Assert.Throws<CnnException>(
            () => net.ExportOnnx(folder["net.onnx"], new OnnxOptions { Opset = 15 }));
        Assert.Contains("its operator GridSample came with opset 16", exception.Message, StringComparison.Ordinal);
    }

    // As in safetensors: one name for a parameter in all files.
    [Theory]
    [InlineData("type: 'Scale' scale_param { bias_term: true }", "2 3 4", "l.weight l.bias")]
    [InlineData("type: 'Scale' bottom: 'x' scale_param { axis: 0 bias_term: true }", "2 3", "l.bias")]
    [InlineData("type: 'Bias'", "2 3 4", "l.bias")]
    [InlineData("type: 'PReLU'", "2 3 4", "l.weight")]
    [InlineData("type: 'Embed' embed_param { input_dim: 4 num_output: 2 }", "2", "l.weight l.bias")]
    [InlineData("type: 'Normalize'", "2 3 4 4", "l.weight")]
    [InlineData("type: 'Convolution' convolution_param { num_output: 2 kernel_size: 2 bias_term: false }", "1 2 3 3",
        "l.weight")]
    [InlineData("type: 'Deconvolution' convolution_param { num_output: 2 kernel_size: 2 }", "1 2 3 3",
        "l.weight l.bias")]
    [InlineData("type: 'InnerProduct' inner_product_param { num_output: 2 }", "2 3", "l.weight l.bias")]
    [InlineData("type: 'InnerDistance' inner_distance_param { num_output: 2 }", "2 3", "l.weight")]
    [InlineData("type: 'Mul' mul_param { mul_shape: 3 }", "2 3", "l.weight")]
    [InlineData("type: 'LSTM' bottom: 'm' recurrent_param { num_output: 2 }", "2 1 3", "l.weight_x l.bias l.weight_h")]
    [InlineData("type: 'RNN' bottom: 'm' recurrent_param { num_output: 2 }", "2 1 3",
        "l.weight_x l.bias l.weight_h l.weight_ho l.bias_o")]
    [InlineData("type: 'Lstm' lstm_param { num_output: 2 }", "2 1 3", "l.weight_x l.weight_h l.bias")]
    public void ParametersHaveTheirNamesInEveryFile(string layer, string shape, string names)
    {
        using Net net = Net.Build(NetDefinition.Parse(
            $"{Input("x", shape)} {Input("m", "2 1")} layer {{ name: 'l' bottom: 'x' top: 'z' {layer} }} "
            + "layer { name: 's' type: 'Silence' bottom: 'm' }"));
        string[] expected = names.Split(' ');
        Assert.Equal(expected, net.ExportWeights(folder["w.safetensors"]).Names);
        string[] written = [.. OnnxExporter.Export(net, new OnnxOptions()).Weights.Select(w => w.Name)];
        Assert.Equal(expected.Order(), written.Where(w => !w.Contains("initial", StringComparison.Ordinal)
            && !w.Contains("markers", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void AllOtherTypesAreTranslated()
    {
        var registry = new LayerRegistry();
        string[] sources =
        [
            "DummyData", "Input", .. registry.Types.Where(t => t.EndsWith("Data", StringComparison.Ordinal)), "Digits",
            "ImageFolder",
        ];
        Assert.Equal(
            Refused, registry.Types.Except(LayerExports.Types).Except(sources).Order(StringComparer.Ordinal));
    }

    private static string Input(string name, string shape) =>
        $"layer {{ name: '{name}' type: 'Input' top: '{name}' input_param {{ shape {{ "
        + string.Join(' ', shape.Split(' ').Select(d => $"dim: {d}")) + " } } }\n";

    // The check's inputs are between 0 and 1, these between -2 and 2.
    private static string Signed(string name, string shape) => Input($"{name}_in", shape)
        + $"layer {{ name: '{name}' type: 'Power' bottom: '{name}_in' top: '{name}' "
        + "power_param { scale: 4 shift: -2 } }\n";

    private OnnxReport RequireAgreement(string text)
    {
        OnnxReport report = null!;
        foreach (int opset in (int[])[22, 17])
        {
            using Net net = Net.Build(
                NetDefinition.Parse(text.Replace("FILLER", Uniform, StringComparison.Ordinal)),
                new NetOptions { Phase = Phase.Test });
            if (net.Layers[^1] is { Type: "Mul", Parameters: [var factors] })
            {
                factors.Data.Fill(1.5f);
            }

            report = net.ExportOnnx(
                folder["net.onnx"], new OnnxOptions { Opset = opset, Check = OnnxCheckChoice.Always });
            Assert.InRange(report.GreatestDifference, 0, 1e-5);
            RequireReturn(net, report);
        }

        return report;
    }

    // The import reads what the export writes.
    private void RequireReturn(Net net, OnnxReport report)
    {
        int batch = report.Inputs.Count == 0 ? 1 : net.FindBlob(report.Inputs[0]).Dim(0);
        ImportedNet imported = NetImport.LoadOnnx(folder["net.onnx"], new OnnxImportOptions { Batch = batch });
        using Net back = imported.Build();
        var random = new Random(5);
        foreach (string input in report.Inputs)
        {
            foreach (ref float value in net.FindBlob(input).Data)
            {
                value = random.NextSingle();
            }

            net.FindBlob(input).Data.CopyTo(back.FindBlob(input).Data);
        }

        foreach (Blob state in net.Layers.SelectMany(l => l.Layer.State))
        {
            state.Data.Clear();
        }

        net.Forward();
        back.Forward();
        foreach (string output in report.Outputs.Where(net.Blobs.ContainsKey))
        {
            ImportRun.RequireClose(output, net.FindBlob(output).Data.ToArray(), back.FindBlob(output).Data, 1e-5);
        }
    }
}
