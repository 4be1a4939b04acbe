namespace Cnn.Tests.Runner.Distributed;

/// <summary>Nets that the tests train in several processes, small enough for a second or two.</summary>
internal static class DistributedNets
{
    /// <summary>LeNet over the built-in digits, with smaller batches.</summary>
    public static string LeNet => File.ReadAllText(Repository.PathOf("Models", "lenet", "lenet_train_test.prototxt"))
        .Replace("batch_size: 64", "batch_size: 4", StringComparison.Ordinal)
        .Replace("batch_size: 100", "batch_size: 10", StringComparison.Ordinal);

    /// <summary>A net whose layers measure each pass and draw at random in it.</summary>
    public static string Normalized => SmallTraining.Net.Replace(
        """
        layer { name: "pool1"
        """,
        """
        layer { name: "bn1" type: "BatchNorm" bottom: "conv1" top: "conv1"
          batch_norm_param { moving_average_fraction: 0.9 } }
        layer { name: "scale1" type: "Scale" bottom: "conv1" top: "conv1" scale_param { bias_term: true } }
        layer { name: "pool1"
        """,
        StringComparison.Ordinal);

    /// <summary>Two nets with the same weights, which see two streams of digits.</summary>
    public static string Siamese =>
        $$"""
        name: "Siamese"
        {{Digits("left", "data", "label", 3)}}
        {{Digits("right", "data_p", "label_p", 4)}}
        layer { name: "difference" type: "Eltwise" bottom: "label" bottom: "label_p" top: "difference"
          eltwise_param { coeff: 1 coeff: -1 } }
        layer { name: "distance" type: "AbsVal" bottom: "difference" top: "distance" }
        layer { name: "same" type: "Threshold" bottom: "distance" top: "differs" threshold_param { threshold: 0.5 } }
        layer { name: "sim" type: "Power" bottom: "differs" top: "sim" power_param { scale: -1 shift: 1 } }
        {{Branch("data", "")}}
        {{Branch("data_p", "_p")}}
        layer { name: "loss" type: "ContrastiveLoss" bottom: "feat" bottom: "feat_p" bottom: "sim" top: "loss" }
        """;

    /// <summary>A net over files of images and labels, relative to where the process runs.</summary>
    public const string OverFiles = """
        layer { name: "pictures" type: "IdxData" top: "data" top: "label"
          idx_data_param { images: "images" labels: "labels" batch_size: 2 } }
        layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
          inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
        """;

    private static string Digits(string name, string data, string label, int seed) => $$"""
        layer { name: "{{name}}" type: "Digits" top: "{{data}}" top: "{{label}}"
          transform_param { scale: 0.00390625 } digits_param { batch_size: 4 seed: {{seed}} } }
        """;

    private static string Branch(string data, string end) => $$"""
        layer { name: "conv{{end}}" type: "Convolution" bottom: "{{data}}" top: "conv{{end}}"
          param { name: "conv_w" lr_mult: 1 } param { name: "conv_b" lr_mult: 2 }
          convolution_param { num_output: 4 kernel_size: 5 stride: 2 weight_filler { type: "xavier" } } }
        layer { name: "relu{{end}}" type: "ReLU" bottom: "conv{{end}}" top: "conv{{end}}" }
        layer { name: "feat{{end}}" type: "InnerProduct" bottom: "conv{{end}}" top: "feat{{end}}"
          param { name: "feat_w" lr_mult: 1 } param { name: "feat_b" lr_mult: 2 }
          inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
        """;
}
