namespace Cnn.Campaigns.LongRuns;

/// <summary>Nets that between them take the ways through the kernels that training takes.</summary>
internal static class SmallNets
{
    private const string Digits = """
        layer { name: "digits" type: "Digits" top: "data" top: "label"
          transform_param { scale: 0.00390625 mirror: true crop_size: 16 } digits_param { batch_size: 4 } }
        """;

    private const string Ten = """
        layer { name: "ten" type: "InnerProduct" bottom: "last" top: "ten"
          inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ten" bottom: "label" top: "loss" }
        """;

    /// <summary>The nets.</summary>
    public static IReadOnlyList<SmallNet> All { get; } =
    [
        new("lenet", LeNet, "base_lr: 0.01 momentum: 0.9 weight_decay: 0.0005"),
        new("normalized", Normalized, "type: 'Nesterov' base_lr: 0.01 momentum: 0.9 weight_decay: 0.001"),
        new("residual", Residual, "type: 'RMSProp' base_lr: 0.001 rms_decay: 0.95"),
        new("lstm", Recurrent, "type: 'AdaDelta' base_lr: 1 momentum: 0.95 delta: 1e-6 clip_gradients: 5"),
        new(
            "mixed",
            Mixed,
            "type: 'AdaGrad' base_lr: 0.01 regularization_type: 'L1' weight_decay: 0.0001 iter_size: 2"),
    ];

    /// <summary>A small LeNet-5 without its data.</summary>
    public static string LeNetOnDigits => $$"""
        layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
          convolution_param { num_output: 8 kernel_size: 5 weight_filler { type: "xavier" } } }
        layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1" pooling_param { kernel_size: 2 stride: 2 } }
        layer { name: "conv2" type: "Convolution" bottom: "pool1" top: "conv2"
          convolution_param { num_output: 16 kernel_size: 5 weight_filler { type: "xavier" } } }
        layer { name: "pool2" type: "Pooling" bottom: "conv2" top: "pool2" pooling_param { kernel_size: 2 stride: 2 } }
        layer { name: "ip1" type: "InnerProduct" bottom: "pool2" top: "last"
          inner_product_param { num_output: 32 weight_filler { type: "xavier" } } }
        layer { name: "relu1" type: "ReLU" bottom: "last" top: "last" }
        {{Ten}}
        """;

    private static string LeNet => Digits + LeNetOnDigits;

    private static string Normalized => $$"""
        {{Digits}}
        {{Convolution("conv1", "data", 16, "kernel_size: 3 pad: 1 bias_term: false")}}
        {{Normalization("conv1")}}
        {{Convolution("conv2", "conv1", 16, "kernel_size: 3 pad: 1 stride: 2 bias_term: false")}}
        {{Normalization("conv2")}}
        {{Convolution("conv3", "conv2", 24, "kernel_size: 3 pad: 1 bias_term: false")}}
        {{Normalization("conv3")}}
        {{Convolution("conv4", "conv3", 10, "kernel_size: 1")}}
        layer { name: "mean" type: "Pooling" bottom: "conv4" top: "mean"
          pooling_param { pool: AVE global_pooling: true } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "mean" bottom: "label" top: "loss" }
        """;

    private static string Residual => $$"""
        {{Digits}}
        {{Convolution("conv1", "data", 16, "kernel_size: 3 pad: 1 stride: 2")}}
        layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
        {{Convolution("a1", "conv1", 16, "kernel_size: 3 pad: 1")}}
        layer { name: "relua" type: "ReLU" bottom: "a1" top: "a1" }
        {{Convolution("a2", "a1", 16, "kernel_size: 3 pad: 1")}}
        layer { name: "sum1" type: "Eltwise" bottom: "conv1" bottom: "a2" top: "sum1" }
        layer { name: "relu2" type: "ReLU" bottom: "sum1" top: "sum1" }
        {{Convolution("b1", "sum1", 24, "kernel_size: 3 pad: 1 stride: 2")}}
        layer { name: "relub" type: "ReLU" bottom: "b1" top: "b1" }
        {{Convolution("b2", "b1", 24, "kernel_size: 3 pad: 1")}}
        {{Convolution("short", "sum1", 24, "kernel_size: 1 stride: 2")}}
        layer { name: "sum2" type: "Eltwise" bottom: "short" bottom: "b2" top: "sum2" }
        layer { name: "relu3" type: "ReLU" bottom: "sum2" top: "sum2" }
        layer { name: "pool" type: "Pooling" bottom: "sum2" top: "last" pooling_param { kernel_size: 3 stride: 3 } }
        {{Ten}}
        """;

    // The rows of an image are the steps of a sequence.
    private static string Recurrent => $$"""
        {{Digits}}
        layer { name: "rows" type: "Permute" bottom: "data" top: "rows" permute_param { order: [2, 0, 1, 3] } }
        layer { name: "begin" type: "DummyData" top: "begin" dummy_data_param { shape { dim: 1 dim: 4 } } }
        layer { name: "on" type: "DummyData" top: "on"
          dummy_data_param { shape { dim: 15 dim: 4 } data_filler { type: "constant" value: 1 } } }
        layer { name: "cont" type: "Concat" bottom: "begin" bottom: "on" top: "cont" concat_param { axis: 0 } }
        layer { name: "lstm" type: "LSTM" bottom: "rows" bottom: "cont" top: "lstm"
          recurrent_param { num_output: 20 weight_filler { type: "xavier" } bias_filler { type: "constant" } } }
        layer { name: "end" type: "Slice" bottom: "lstm" top: "earlier" top: "end"
          slice_param { axis: 0 slice_point: 15 } }
        layer { name: "silence" type: "Silence" bottom: "earlier" }
        layer { name: "flat" type: "Reshape" bottom: "end" top: "last" reshape_param { shape { dim: 4 dim: 20 } } }
        {{Ten}}
        """;

    private static string Mixed => $$"""
        {{Digits}}
        {{Convolution("conv1", "data", 12, "kernel_size: 3 stride: 2")}}
        layer { name: "prelu" type: "PReLU" bottom: "conv1" top: "conv1" }
        layer { name: "lrn" type: "LRN" bottom: "conv1" top: "lrn"
          lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 } }
        {{Convolution("depthwise", "lrn", 12, "kernel_size: 3 pad: 1 group: 12")}}
        layer { name: "elu" type: "ELU" bottom: "depthwise" top: "depthwise" }
        {{Convolution("groups", "depthwise", 8, "kernel_size: 3 dilation: 2 pad: 2 group: 2")}}
        layer { name: "sigmoid" type: "Sigmoid" bottom: "groups" top: "groups" }
        layer { name: "up" type: "Deconvolution" bottom: "groups" top: "up"
          convolution_param { num_output: 6 kernel_size: 4 stride: 2 pad: 1 weight_filler { type: "xavier" } } }
        layer { name: "pool" type: "Pooling" bottom: "up" top: "pool"
          pooling_param { pool: AVE kernel_size: 3 stride: 3 } }
        layer { name: "drop" type: "Dropout" bottom: "pool" top: "pool" dropout_param { dropout_ratio: 0.3 } }
        layer { name: "ip1" type: "InnerProduct" bottom: "pool" top: "last"
          inner_product_param { num_output: 33 weight_filler { type: "xavier" } } }
        layer { name: "tanh" type: "TanH" bottom: "last" top: "last" }
        {{Ten}}
        """;

    /// <summary>Returns the layer that draws digits in one phase.</summary>
    public static string DigitsOf(string phase, int seed) => $$"""
        layer { name: "digits" type: "Digits" top: "data" top: "label" include { phase: {{phase}} }
          transform_param { scale: 0.00390625 crop_size: 24 } digits_param { batch_size: 4 seed: {{seed}} } }
        """;

    private static string Convolution(string name, string bottom, int outputs, string geometry) =>
        $$"""layer { name: "{{name}}" type: "Convolution" bottom: "{{bottom}}" top: "{{name}}" """
        + $$"""convolution_param { num_output: {{outputs}} {{geometry}} weight_filler { type: "xavier" } } }""";

    private static string Normalization(string blob) => $$"""
        layer { name: "bn_{{blob}}" type: "BatchNorm" bottom: "{{blob}}" top: "{{blob}}" }
        layer { name: "scale_{{blob}}" type: "Scale" bottom: "{{blob}}" top: "{{blob}}"
          scale_param { bias_term: true } }
        layer { name: "relu_{{blob}}" type: "ReLU" bottom: "{{blob}}" top: "{{blob}}" }
        """;
}
