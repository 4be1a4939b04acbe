namespace Cnn.Campaigns.SystemErrors;

/// <summary>The nets and solvers of the scenarios.</summary>
internal static class ScenarioTexts
{
    /// <summary>A net that reads nothing.</summary>
    public const string Deploy = """
        name: "Deploy"
        layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 1 dim: 28 dim: 28 } } }
        layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
          convolution_param { num_output: 3 kernel_size: 5 stride: 4 weight_filler { type: "xavier" } } }
        layer { name: "ip1" type: "InnerProduct" bottom: "conv1" top: "ip1"
          inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
        layer { name: "prob" type: "Softmax" bottom: "ip1" top: "prob" }
        """;

    /// <summary>The same layers, in the format of years ago.</summary>
    public const string Outdated = """
        name: "Outdated"
        input: "data" input_dim: 1 input_dim: 1 input_dim: 28 input_dim: 28
        layers { name: "conv1" type: CONVOLUTION bottom: "data" top: "conv1"
          convolution_param { num_output: 3 kernel_size: 5 stride: 4 } }
        """;

    /// <summary>A block of layers, which <see cref="Yaml"/> includes.</summary>
    public const string Block = """
        parameters: {name: , from: , outputs: 10}
        layer:
        - name: ${name}
          type: InnerProduct
          bottom: ${from}
          top: ${name}
          inner_product_param: {num_output: "${outputs}", weight_filler: {type: xavier}}
        """;

    /// <summary>A net with an include.</summary>
    public const string Yaml = """
        name: Blocks
        layer:
        - {name: data, type: Digits, top: [data, label], digits_param: {batch_size: 8}}
        - {include: block.yaml, with: {name: ip1, from: data}}
        - {name: loss, type: SoftmaxWithLoss, bottom: [ip1, label], top: loss}
        """;

    /// <summary>A solver in YAML of <see cref="Yaml"/>.</summary>
    public const string YamlSolver = """
        include: base.yaml
        net: blocks.yaml
        snapshot_prefix: yaml
        max_iter: 2
        """;

    /// <summary>What <see cref="YamlSolver"/> includes.</summary>
    public const string Base = """
        base_lr: 0.01
        lr_policy: fixed
        random_seed: 3
        """;

    /// <summary>Returns a net for training and testing on some data.</summary>
    /// <param name="data">The type and the options of the data layer.</param>
    /// <param name="name">The name of the first learned layer.</param>
    public static string Net(string data, string name = "conv1") => $$"""
        name: "Net"
        layer { name: "data" top: "data" top: "label" {{data}} }
        layer { name: "{{name}}" type: "Convolution" bottom: "data" top: "conv1"
          convolution_param { num_output: 3 kernel_size: 5 stride: 4 weight_filler { type: "xavier" } } }
        layer { name: "ip1" type: "InnerProduct" bottom: "conv1" top: "ip1"
          inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
        layer { name: "accuracy" type: "Accuracy" bottom: "ip1" bottom: "label" top: "accuracy"
          include { phase: TEST } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip1" bottom: "label" top: "loss" }
        """;

    /// <summary>Returns a solver of a net that <see cref="Net"/> returned.</summary>
    public static string Solver(string name, string more = "") => $"""
        net: "{name}.net.prototxt"
        test_iter: 1
        test_interval: 2
        base_lr: 0.01
        momentum: 0.9
        lr_policy: "fixed"
        max_iter: 2
        snapshot_prefix: "{name}"
        random_seed: 5
        {more}
        """;
}
