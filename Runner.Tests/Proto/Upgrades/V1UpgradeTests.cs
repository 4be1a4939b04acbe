using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Proto.Upgrades;

[Trait("Category", "Unit")]
public class V1UpgradeTests
{
    // V1's name, its number in the schema, today's name.
    public static TheoryData<string, int, string> Types => new()
    {
        { "NONE", 0, "" },
        { "ABSVAL", 35, "AbsVal" },
        { "ACCURACY", 1, "Accuracy" },
        { "ARGMAX", 30, "ArgMax" },
        { "BNLL", 2, "BNLL" },
        { "CONCAT", 3, "Concat" },
        { "CONTRASTIVE_LOSS", 37, "ContrastiveLoss" },
        { "CONVOLUTION", 4, "Convolution" },
        { "DATA", 5, "Data" },
        { "DECONVOLUTION", 39, "Deconvolution" },
        { "DROPOUT", 6, "Dropout" },
        { "DUMMY_DATA", 32, "DummyData" },
        { "EUCLIDEAN_LOSS", 7, "EuclideanLoss" },
        { "ELTWISE", 25, "Eltwise" },
        { "EXP", 38, "Exp" },
        { "FLATTEN", 8, "Flatten" },
        { "HDF5_DATA", 9, "HDF5Data" },
        { "HDF5_OUTPUT", 10, "HDF5Output" },
        { "HINGE_LOSS", 28, "HingeLoss" },
        { "IM2COL", 11, "Im2col" },
        { "IMAGE_DATA", 12, "ImageData" },
        { "INFOGAIN_LOSS", 13, "InfogainLoss" },
        { "INNER_PRODUCT", 14, "InnerProduct" },
        { "LRN", 15, "LRN" },
        { "MEMORY_DATA", 29, "MemoryData" },
        { "MULTINOMIAL_LOGISTIC_LOSS", 16, "MultinomialLogisticLoss" },
        { "MVN", 34, "MVN" },
        { "POOLING", 17, "Pooling" },
        { "POWER", 26, "Power" },
        { "RELU", 18, "ReLU" },
        { "SIGMOID", 19, "Sigmoid" },
        { "SIGMOID_CROSS_ENTROPY_LOSS", 27, "SigmoidCrossEntropyLoss" },
        { "SILENCE", 36, "Silence" },
        { "SOFTMAX", 20, "Softmax" },
        { "SOFTMAX_LOSS", 21, "SoftmaxWithLoss" },
        { "SPLIT", 22, "Split" },
        { "SLICE", 33, "Slice" },
        { "TANH", 23, "TanH" },
        { "WINDOW_DATA", 24, "WindowData" },
        { "THRESHOLD", 31, "Threshold" },
        { "CONVOLUTION3D", 1000, "Convolution3D" },
        { "CROP", 1003, "Crop" },
        { "POOLING3D", 1001, "Pooling3D" },
        { "VIDEO_DATA", 1002, "VideoData" },
    };

    [Theory, MemberData(nameof(Types))]
    public void EachTypeByNameAndByNumberHasItsNameOfToday(string old, int number, string type)
    {
        string expected = $"layer {{ name: 'l' type: '{type}' bottom: 'x' top: 'y' }}";
        Upgraded.AssertNet(expected, $"layers {{ bottom: 'x' top: 'y' name: 'l' type: {old} }}");
        Upgraded.AssertNet(expected, $"layers {{ bottom: 'x' top: 'y' name: 'l' type: {number} }}");
    }

    [Fact]
    public void TheTypesAreAllOfTheSchema() =>
        Assert.Equal(Enum.GetValues<V1LayerParameter.Types.LayerType>().Length, Types.Count);

    [Fact]
    public void EveryMessageOfOptionsIsCopiedBeItEmpty()
    {
        foreach (FieldDescriptor field in V1LayerParameter.Descriptor.Fields.InDeclarationOrder()
            .Where(f => f.FieldType == FieldType.Message && f.Name.EndsWith("_param", StringComparison.Ordinal)))
        {
            Upgraded.AssertNet($"layer {{ {field.Name} {{ }} }}", $"layers {{ {field.Name} {{ }} }}");
        }
    }

    [Fact]
    public void RulesLossWeightsAndBlobsAreCopied()
    {
        const string Same = """
            name: "l" top: "a" top: "b" loss_weight: 1 loss_weight: 0.5 include { phase: TRAIN min_level: 1 }
            include { stage: "s" not_stage: "t" max_level: 4 } exclude { phase: TEST }
            blobs { num: 1 channels: 2 height: 3 width: 4 data: 1 diff: 2 } blobs { shape { dim: 1 } double_data: 3 }
            """;
        Upgraded.AssertNet($"layer {{ {Same} }}", $"layers {{ {Same} }}");
    }

    [Fact]
    public void ParametersAreAsManyAsTheLongestOfTheirLists() => Upgraded.AssertNet(
        """
        layer { param { name: "w" share_mode: PERMISSIVE lr_mult: 1 decay_mult: 1 }
          param { name: "b" share_mode: STRICT lr_mult: 2 } param { lr_mult: 3 } }
        layer { param { decay_mult: 0 } param { decay_mult: 0.5 } }
        layer { param { share_mode: PERMISSIVE } }
        """,
        """
        layers { param: "w" param: "b" blob_share_mode: PERMISSIVE blob_share_mode: STRICT blobs_lr: 1 blobs_lr: 2
          blobs_lr: 3 weight_decay: 1 }
        layers { weight_decay: 0 weight_decay: 0.5 }
        layers { blob_share_mode: PERMISSIVE }
        """);

    [Fact]
    public void WhatBelongsToTheNetStays()
    {
        const string Same =
            """name: "n" state { phase: TEST level: 2 stage: "s" } force_backward: true debug_info: true""";
        Upgraded.AssertNet($"{Same} layer {{ type: 'ReLU' }}", $"{Same} layers {{ type: RELU }}");
    }

    [Theory]
    [InlineData("DATA", "Data", "data_param")]
    [InlineData("IMAGE_DATA", "ImageData", "image_data_param")]
    [InlineData("WINDOW_DATA", "WindowData", "window_data_param")]
    public void EachFieldOfTheTransformationMoves(string old, string type, string holder)
    {
        foreach (string field in (string[])["scale: 0.5", "mean_file: 'm'", "crop_size: 24", "mirror: false"])
        {
            Upgraded.AssertNet(
                $"layer {{ type: '{type}' transform_param {{ {field} }} {holder} {{ source: 's' batch_size: 4 }} }}",
                $"layers {{ type: {old} {holder} {{ source: 's' batch_size: 4 {field} }} }}");
        }
    }

    [Fact]
    public void WhatAnOldFieldSaysWinsOverTheTransformation() => Upgraded.AssertNet(
        "layer { type: 'Data' data_param { } transform_param { scale: 0.5 crop_size: 8 mean_value: 3 } }",
        "layers { type: DATA data_param { scale: 0.5 } transform_param { scale: 2 crop_size: 8 mean_value: 3 } }");

    [Fact]
    public void OnceOneLayerHasOldFieldsAllDataLayersGetBothMessages() => Upgraded.AssertNet(
        """
        layer { name: "a" type: "Data" data_param { source: "s" } transform_param { } }
        layer { name: "b" type: "ImageData" image_data_param { } transform_param { mirror: true } }
        layer { name: "c" type: "WindowData" window_data_param { } transform_param { } }
        layer { name: "d" type: "HDF5Data" }
        """,
        """
        layers { name: "a" type: DATA data_param { source: "s" } }
        layers { name: "b" type: IMAGE_DATA image_data_param { mirror: true } }
        layers { name: "c" type: WINDOW_DATA }
        layers { name: "d" type: HDF5_DATA }
        """);

    [Fact]
    public void DataLayersWithoutOldFieldsGetNothing() =>
        Upgraded.AssertNet(
            "layer { type: 'Data' } layer { type: 'ImageData' }", "layers { type: DATA } layers { type: IMAGE_DATA }");

    [Theory]
    [InlineData(
        "layer { type: 'Data' data_param { source: 's' scale: 0.5 crop_size: 8 mirror: true mean_file: 'm' } }")]
    [InlineData("layer { type: 'BatchNorm' param { lr_mult: 1 } param { lr_mult: 1 } }")]
    [InlineData("layer { type: 'Scale' param { lr_mult: 1 } param { } param { } }")]
    public void LayersOfTodayAreLeftAsTheyAre(string net) => Upgraded.AssertNet(net, net);

    [Fact]
    public void StatisticsOfBatchNormAreNeitherLearnedNorDecayed() => Upgraded.AssertNet(
        "layer { type: 'BatchNorm' param { name: 'm' lr_mult: 0 decay_mult: 0 } param { lr_mult: 0 decay_mult: 0 } "
            + "param { lr_mult: 0 decay_mult: 0 } }",
        "layer { type: 'BatchNorm' param { name: 'm' lr_mult: 1 } param { decay_mult: 2 } param { } }");

    [Theory]
    [InlineData(
        "layers { layer { name: 'c' type: 'conv' num_output: 3 blobs_lr: 1 blobs { data: 1 data: 2 } } "
            + "bottom: 'x' top: 'y' }")]
    [InlineData(
        "input: 'x' input_dim: 1 input_dim: 2 input_dim: 3 input_dim: 4 layers { name: 'r' type: RELU "
            + "blobs { data: 1 } }")]
    public void TheBinaryFormatUpgradesLikeTheText(string text)
    {
        using var folder = new TemporaryFolder();
        string path = folder["old.caffemodel"];
        File.WriteAllBytes(path, TextFormat.Parse<NetParameter>(text, "n").ToByteArray());
        Assert.Equal(Upgraded.Net(text).Text, TextFormat.Print(ProtoFile.LoadNet(path).Message));
    }
}
