using System.Text.RegularExpressions;
using Cnn.Engine.Checks;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Checks;

/// <summary>The checks of layers on the built-in types that no golden case has, with made-up values.</summary>
[Trait("Category", "Gradient")]
public partial class BuiltInLayerCheckTests
{
    private const string Images = "2 3 6 5";

    /// <summary>Layers, and the shapes of their bottoms.</summary>
    public static TheoryData<string, string[]> Layers => new()
    {
        { "type: 'Add'", [Images, Images] },
        { "type: 'Mul'", [Images, "6 5"] },
        { "type: 'BatchToSpaceND' batch_to_space_nd_param { block_shape: 1 block_shape: 2 block_shape: 1 "
            + "crops: 0 crops: 0 crops: 1 crops: 0 crops: 0 crops: 0 }",
            ["4 3 2 2"] },
        { "type: 'SpaceToBatchND' space_to_batch_nd_param { block_shape: 1 block_shape: 2 block_shape: 1 "
            + "paddings: 0 paddings: 0 paddings: 1 paddings: 1 paddings: 0 paddings: 0 }",
            ["2 3 4 2"] },
        { "type: 'DepthToSpace' depth_to_space_param { block_size: 2 data_format: 'NCHW' }", ["2 8 3 4"] },
        { "type: 'SpaceToDepth' space_to_depth_param { block_size: 2 data_format: 'NCHW' }", ["2 2 6 4"] },
        { "type: 'CenterLoss' center_loss_param { num_output: 3 center_filler { type: 'xavier' } }", ["4 5", "4"] },
        { "type: 'ChannelScale'", [Images, "2 1 6 5"] },
        { "type: 'CtcLoss' ctc_loss_param { alphabet_size: 5 time_step: 6 }", ["6 2 5", "2 2"] },
        { "type: 'EuclideanRBF' euclidean_rbf_param { num_output: 4 prototype_filler { type: 'gaussian' std: 1 } }",
            ["3 5"] },
        { "type: 'EvalDetection' eval_detection_param { side: 3 num_class: 2 num_object: 1 biases: 1 biases: 1 }",
            ["1 7 3 3", "1 1 2 8"] },
        { "type: 'Flip'", [Images] },
        { "type: 'HistogramPooling' histogram_pooling_param { kernel_size: 2 stride: 2 }", [Images] },
        { "type: 'ICNetSubgraph'", ["2 3 9 16"] },
        { "type: 'InnerDistance' inner_distance_param { num_output: 4 weight_filler { type: 'gaussian' std: 1 } }",
            ["3 5"] },
        { "type: 'L1Loss'", [Images, Images] },
        { "type: 'LabelsequenceAccuracy'", ["2 5 3", "2 5"] },
        { "type: 'Lstm' lstm_param { num_output: 3 weight_filler { type: 'uniform' min: -0.5 max: 0.5 } }",
            ["4 2 3", "4 2"] },
        { "type: 'Lstm' lstm_param { num_output: 3 clipping_threshold: 0.01 "
            + "weight_filler { type: 'uniform' min: -0.5 max: 0.5 } }",
            ["4 2 3"] },
        { "type: 'LSTM' top: 'h' top: 'c' recurrent_param { num_output: 3 expose_hidden: true "
            + "weight_filler { type: 'uniform' min: -0.5 max: 0.5 } }",
            ["4 2 3", "4 2", "1 2 3", "1 2 3"] },
        { "type: 'ChannelScale' channel_scale_param { do_backward_scale: false }", [Images, "2 1 6 5"] },
        { "type: 'SegAccuracy' seg_accuracy_param { reset: false }", ["1 4 2 3", "1 1 2 3"] },
        { "type: 'BN' bn_param { scale_filler { value: 1 } shift_filler { } }", ["0 3 4 4"] },
        { "type: 'MarginInnerProduct' margin_inner_product_param { num_output: 5 weight_filler { type: 'xavier' } }",
            ["3 4", "3"] },
        { "type: 'MarginInnerProduct' margin_inner_product_param { num_output: 5 weight_filler { type: 'xavier' } "
            + "type: QUADRUPLE base: 10 gamma: 0.12 lambda_min: 5 }",
            ["3 4", "3"] },
        { "type: 'Maxout'", ["2 4 3"] },
        { "type: 'NoisyReLU'", [Images] },
        { "type: 'Pad' pad_param { paddings: 0 paddings: 0 paddings: 0 paddings: 0 paddings: 2 paddings: 1 "
            + "paddings: 1 paddings: 0 }",
            [Images] },
        { "type: 'Reverse'", [Images] },
        { "type: 'ScaledTanH'", [Images] },
        { "type: 'SeLU'", [Images] },
        { "type: 'SeLu'", [Images] },
        { "type: 'SeLUDropout' selu_dropout_param { dropout_ratio: 0.3 }", [Images] },
        { "type: 'SeLuDropout'", [Images] },
        { "type: 'SegAccuracy'", ["1 4 2 3", "1 1 2 3"] },
        { "type: 'Subsampling' subsampling_param { kernel_size: 2 stride: 2 }", [Images] },
        { "type: 'Transpose' transpose_param { dim: 2 dim: 0 dim: 1 }", ["2 3 4"] },
        { "type: 'UpsampleDarknet'", [Images] },
        { "type: 'ContinuationIndicator' continuation_indicator_param { time_step: 3 batch_size: 2 }", [] },
        { "type: 'ContinuationIndicator' continuation_indicator_param { time_step: 2 axis: 1 }", ["7 3 4"] },
        { "type: 'RegionLoss' region_loss_param { side: 4 num_class: 3 num: 2 biases: 1.2 biases: 0.9 biases: 2.5 "
            + "biases: 3 }",
            ["2 16 4 4", "2 3 5"] },
        { "type: 'Yolov3' yolov3_param { side: 4 num_class: 3 num: 2 biases: 12 biases: 9 biases: 25 biases: 30 "
            + "mask: 0 mask: 1 }",
            ["2 16 4 4", "2 1 4 5"] },
        { "type: 'Convolution' convolution_param { num_output: 4 kernel_size: 3 pad: 1 group: 2 "
            + "weight_filler { type: 'xavier' } }",
            ["2 4 6 5"] },
        { "type: 'Pooling' pooling_param { kernel_size: 3 stride: 2 }", [Images] },
        { "type: 'LSTM' recurrent_param { num_output: 3 weight_filler { type: 'uniform' min: -0.5 max: 0.5 } }",
            ["4 2 3", "4 2"] },
        { "type: 'Digits' digits_param { batch_size: 3 }", [] },
        { "type: 'Cifar10Data' cifar10_data_param { source: 'none' batch_size: 2 }", [] },
        { "type: 'ImageFolder' image_folder_param { source: 'none' batch_size: 2 } transform_param { crop_size: 5 }",
            [] },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void EveryBuiltInLayerHolds(string definition, string[] bottoms)
    {
        LayerCheckReport report = Check(definition, bottoms);

        Assert.True(report.Holds, report.Failures());
        Assert.Contains(report.Results, r => r.Outcome == CheckOutcome.Holds);
    }

    // The others are sources that read files.
    [Fact]
    public void EveryTypeWithBottomsIsChecked()
    {
        string[] here = [.. Layers.Select(row => TypeIn().Match(row.Data.Item1).Groups["type"].Value)];
        string[] golden =
        [
            .. GoldenFolders.Cases("layers")
                .SelectMany(c => NetDefinition.Load(Path.Combine(c.Path, "net.prototxt")).Message.Layer)
                .Select(layer => layer.Type),
        ];

        Assert.Equal(
            ["DenseImageData", "IdxData", "ImageSegData", "VideoData", "WindowData"],
            new LayerRegistry().Types.Except(here).Except(golden).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("^type: '(?<type>[^']*)'")]
    private static partial Regex TypeIn();

    /// <summary>Returns a net of the layer, named "checked", with inputs of the shapes.</summary>
    internal static string NetOf(string definition, string[] bottoms)
    {
        string text = "";
        string reads = "";
        for (int i = 0; i < bottoms.Length; i++)
        {
            string shape = string.Concat(bottoms[i].Split(' ').Select(dim => $" dim: {dim}"));
            text += $"layer {{ name: 'in{i}' type: 'Input' top: 'in{i}' input_param {{ shape {{{shape} }} }} }}\n";
            reads += $" bottom: 'in{i}'";
        }

        return text + $"layer {{ name: 'checked' {definition}{reads} top: 'checked' }}";
    }

    private static LayerCheckReport Check(string definition, string[] bottoms)
    {
        var net = NetDefinition.Parse(NetOf(definition, bottoms));
        var options = new NetOptions { Phase = Phase.Train, MadeUp = new MadeUpData() };
        return LayerChecker.Check(net, options, new LayerCheckOptions { Layers = ["checked"], Threads = 3 })[0];
    }
}
