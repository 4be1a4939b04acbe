using System.Collections;
using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Tests.Proto.Upgrades;

[Trait("Category", "Unit")]
public class V0UpgradeTests
{
    // Every field of V0's single layer message except name, type and blobs.
    private const string EveryField = """
        num_output: 2 biasterm: false weight_filler { type: "a" } bias_filler { type: "b" } pad: 1 kernelsize: 3
        group: 4 stride: 5 pool: AVE dropout_ratio: 0.25 local_size: 7 alpha: 0.5 beta: 0.125 k: 1.5 source: "s"
        scale: 0.75 meanfile: "m" batchsize: 8 cropsize: 9 mirror: true blobs_lr: 3 weight_decay: 0.5 rand_skip: 6
        det_fg_threshold: 0.6 det_bg_threshold: 0.4 det_fg_fraction: 0.3 det_context_pad: 16 det_crop_mode: "square"
        new_num: 10 new_channels: 11 new_height: 12 new_width: 13 shuffle_images: true concat_dim: 2
        hdf5_output_param { file_name: "h" }
        """;

    private const string Transform = """transform_param { scale: 0.75 mean_file: "m" crop_size: 9 mirror: true }""";
    private const string Filled =
        """num_output: 2 bias_term: false weight_filler { type: "a" } bias_filler { type: "b" }""";
    private const string Windows =
        "fg_threshold: 0.6 bg_threshold: 0.4 fg_fraction: 0.3 context_pad: 16 crop_mode: \"square\"";

    [Theory]
    [InlineData("accuracy", "Accuracy", "")]
    [InlineData("bnll", "BNLL", "")]
    [InlineData("concat", "Concat", "concat_param { concat_dim: 2 }")]
    [InlineData("conv", "Convolution", "convolution_param { " + Filled + " pad: 1 kernel_size: 3 group: 4 stride: 5 }")]
    [InlineData("data", "Data", "data_param { source: 's' batch_size: 8 rand_skip: 6 }")]
    [InlineData("dropout", "Dropout", "dropout_param { dropout_ratio: 0.25 }")]
    [InlineData("euclidean_loss", "EuclideanLoss", "")]
    [InlineData("flatten", "Flatten", "")]
    [InlineData("hdf5_data", "HDF5Data", "hdf5_data_param { source: 's' batch_size: 8 }")]
    [InlineData("hdf5_output", "HDF5Output", "hdf5_output_param { file_name: 'h' }")]
    [InlineData("im2col", "Im2col", "")]
    [InlineData(
        "images",
        "ImageData",
        "image_data_param { source: 's' batch_size: 8 rand_skip: 6 shuffle: true new_height: 12 new_width: 13 }")]
    [InlineData("infogain_loss", "InfogainLoss", "infogain_loss_param { source: 's' }")]
    [InlineData("innerproduct", "InnerProduct", "inner_product_param { " + Filled + " }")]
    [InlineData("lrn", "LRN", "lrn_param { local_size: 7 alpha: 0.5 beta: 0.125 k: 1.5 }")]
    [InlineData("multinomial_logistic_loss", "MultinomialLogisticLoss", "")]
    [InlineData("pool", "Pooling", "pooling_param { pool: AVE pad: 1 kernel_size: 3 stride: 5 }")]
    [InlineData("relu", "ReLU", "")]
    [InlineData("sigmoid", "Sigmoid", "")]
    [InlineData("softmax", "Softmax", "")]
    [InlineData("softmax_loss", "SoftmaxWithLoss", "")]
    [InlineData("split", "Split", "")]
    [InlineData("tanh", "TanH", "")]
    [InlineData("window_data", "WindowData", "window_data_param { source: 's' batch_size: 8 " + Windows + " }")]
    public void EachTypeTakesItsFieldsAndWarnsOfTheOthers(string old, string type, string parameters)
    {
        Upgraded upgraded = Upgraded.Net(
            $"layers {{ layer {{ name: 'l' type: '{old}' {EveryField} }} bottom: 'x' bottom: 'y' top: 'z' }}");

        string expected = Upgraded.Canonical(
            $"layer {{ name: 'l' type: '{type}' bottom: 'x' bottom: 'y' top: 'z' "
                + $"param {{ lr_mult: 3 decay_mult: 0.5 }} {Transform} {parameters} }}");
        Assert.Equal(expected, upgraded.Text);

        // 35 fields: every type takes 4 of the transformation, 2 multipliers and 2 that nothing ever used.
        Assert.Equal(35 - 8 - FieldsIn(parameters), upgraded.Warnings.Count);
        Assert.All(upgraded.Warnings, w => Assert.Equal(("l", "n"), (w.Layer, w.Location?.File)));
    }

    [Theory]
    [InlineData("MAX")]
    [InlineData("AVE")]
    [InlineData("STOCHASTIC")]
    public void TheMethodsOfPoolingKeepTheirNames(string method) => Upgraded.AssertNet(
        $"layer {{ name: 'p' type: 'Pooling' pooling_param {{ pool: {method} }} }}",
        $"layers {{ layer {{ name: 'p' type: 'pool' pool: {method} }} }}");

    [Fact]
    public void OfTheNetOnlyNameInputsAndForceBackwardSurvive() => Upgraded.AssertNet(
        """
        name: "old" force_backward: true
        layer { name: "input" type: "Input" top: "x" input_param { shape { dim: 1 dim: 2 dim: 3 dim: 4 } } }
        layer { name: "r" type: "ReLU" bottom: "x" top: "y" }
        """,
        """
        name: "old" input: "x" input_dim: 1 input_dim: 2 input_dim: 3 input_dim: 4 force_backward: true debug_info: true
        state { phase: TEST level: 3 stage: "s" }
        layers { layer { name: "r" type: "relu" } bottom: "x" top: "y"
          include { phase: TRAIN } exclude { phase: TEST } }
        """);

    [Fact]
    public void BlobsAndMultipliersOfALayerAreCopied() => Upgraded.AssertNet(
        """
        layer { name: "fc" type: "InnerProduct" blobs { num: 1 channels: 1 height: 1 width: 2 data: 1 data: 2 }
          blobs { data: 3 } param { lr_mult: 1 decay_mult: 0 } param { lr_mult: 2 } }
        """,
        """
        layers { layer { name: "fc" type: "innerproduct" blobs { num: 1 channels: 1 height: 1 width: 2 data: 1 data: 2 }
          blobs { data: 3 } blobs_lr: 1 blobs_lr: 2 weight_decay: 0 } }
        """);

    [Fact]
    public void PaddingGoesToAllConvolutionsAndPoolingsThatReadIt() => Upgraded.AssertNet(
        """
        layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { pad: 2 kernel_size: 5 } }
        layer { name: "p" type: "Pooling" bottom: "x" top: "p" pooling_param { pad: 2 kernel_size: 3 } }
        layer { name: "d" type: "Convolution" bottom: "c" top: "d" convolution_param { pad: 0 } }
        """,
        """
        layers { layer { name: "pad" type: "padding" pad: 2 } bottom: "x" top: "pad" }
        layers { layer { name: "c" type: "conv" kernelsize: 5 pad: 7 } bottom: "pad" top: "c" }
        layers { layer { name: "p" type: "pool" kernelsize: 3 } bottom: "pad" top: "p" }
        layers { layer { name: "none" type: "padding" } bottom: "c" top: "none" }
        layers { layer { name: "d" type: "conv" } bottom: "none" top: "d" }
        """);

    [Fact]
    public void PaddingInPlaceIsTakenFromTheLastWriterOfABlob() => Upgraded.AssertNet(
        """
        layer { name: "a" type: "Convolution" bottom: "x" top: "x" convolution_param { pad: 1 } }
        layer { name: "b" type: "Convolution" bottom: "x" top: "y" }
        """,
        """
        layers { layer { name: "pad" type: "padding" pad: 1 } bottom: "x" top: "x" }
        layers { layer { name: "a" type: "conv" } bottom: "x" top: "x" }
        layers { layer { name: "b" type: "conv" } bottom: "x" top: "y" }
        """);

    [Fact]
    public void LayersOfV1BesideThoseOfV0Stay() => Upgraded.AssertNet(
        "layer { name: 'a' type: 'ReLU' } layer { name: 'b' type: 'TanH' param { lr_mult: 2 } }",
        "layers { layer { name: 'a' type: 'relu' } } layers { name: 'b' type: TANH blobs_lr: 2 }");

    [Fact]
    public void TheTypesAreAllOfTheTable()
    {
        var tested = typeof(V0UpgradeTests).GetMethod(nameof(EachTypeTakesItsFieldsAndWarnsOfTheOthers))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>()
            .Select(d => (string)d.Data[0]!);
        Assert.Equal(V0Fields.Types.Keys.Order(), tested.Order());
        NetParameter every = TextFormat.Parse<NetParameter>($"layers {{ layer {{ {EveryField} }} }}", "n");
        Assert.Equal(
            V0LayerParameter.Descriptor.Fields.InDeclarationOrder().Select(f => f.Name)
                .Except(["name", "type", "blobs"]),
            V0LayerParameter.Descriptor.Fields.InDeclarationOrder().Where(f => IsSet(every.Layers[0].Layer, f))
                .Select(f => f.Name));
    }

    private static int FieldsIn(string parameters)
    {
        LayerParameter layer = TextFormat.Parse<LayerParameter>(parameters, "p");
        if (layer.Hdf5OutputParam is not null)
        {
            return 1;
        }

        return layer.GetType().GetProperties().Where(p => p.Name.EndsWith("Param", StringComparison.Ordinal))
            .Select(p => p.GetValue(layer)).OfType<IMessage>()
            .Sum(m => m.Descriptor.Fields.InDeclarationOrder().Count(f => IsSet(m, f)));
    }

    private static bool IsSet(IMessage message, Google.Protobuf.Reflection.FieldDescriptor field) =>
        field.IsRepeated ? ((IList)field.Accessor.GetValue(message)).Count > 0 : field.Accessor.HasValue(message);
}
