using Cnn.Proto;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>Small definitions, of Caffe's three formats and with what each field can be.</summary>
internal static class DefinitionSeeds
{
    private const string Net = """
        name: "small" # a comment
        layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
        layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" param { lr_mult: 1 decay_mult: 1 name: "w" }
          convolution_param { num_output: 4 kernel_size: [3, 3] stride: 1 pad: 1 weight_filler { type: "xavier" }
            bias_filler < type: 'constant' value: -0.5e-1 > } include { phase: TRAIN stage: "a" min_level: 1 } }
        layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool" pooling_param { pool: AVE kernel_size: 2
        stride: 2 } }
        layer { name: "own" type: "Own" bottom: "pool" top: "own" plugin_param { factor: 2 names: ["a", "b"] inner {
        deep: true } } }
        layer { name: "ip" type: "InnerProduct" bottom: "own" top: "ip" inner_product_param { num_output: 10 }
          blobs { shape { dim: 2 dim: 2 } data: [1, 2, -3e0, inf] } exclude { phase: TEST } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" loss_weight: 1
          loss_param { ignore_label: 255 normalization: VALID } transform_param { scale: 0.0039 mean_value: 104 mirror:
          true } }
        """;

    private const string Version1 = """
        name: 'one' input: "data" input_dim: 1 input_dim: 1 input_dim: 4 input_dim: 4 force_backward: true
        layers { name: "ip" type: INNER_PRODUCT bottom: "data" top: "ip" blobs_lr: 1 blobs_lr: 2 weight_decay: 1
        weight_decay: 0
          inner_product_param { num_output: 2 weight_filler { type: "gaussian" std: 0.01 } } param: "shared"
          blob_share_mode: STRICT
          blobs { num: 1 channels: 1 height: 2 width: 2 data: [ 1, 2, 3, 4 ] } }
        layers { name: "crop" type: CROP bottom: "ip" bottom: "data" top: "crop" include: { phase: TEST } }
        layers { name: "relu" type: RELU bottom: "ip" top: "ip" }
        layers { name: "data2" type: DATA top: "d" top: "l" data_param { source: "db" scale: 0.5 mean_file: "m"
        crop_size: 3 mirror: 1
          batch_size: 4 backend: LMDB } }
        """;

    private const string Version0 = """
        name: "zero" input: "data" input_dim: 1 input_dim: 3 input_dim: 9 input_dim: 9
        layers { layer { name: "pad1" type: "padding" pad: 2 } bottom: "data" top: "pad1" }
        layers { layer { name: "conv1" type: "conv" num_output: 2 kernelsize: 5 stride: 1 group: 1 weight_filler {
        type: "uniform" }
          blobs_lr: 1. weight_decay: 0. } bottom: "pad1" top: "conv1" }
        layers { layer { name: "norm" type: "lrn" local_size: 5 alpha: 0.1 beta: 0.75 } bottom: "conv1" top: "norm" }
        layers { layer { name: "pool" type: "pool" pool: MAX kernelsize: 3 stride: 2 } bottom: "norm" top: "pool" }
        layers { layer { name: "d" type: "dropout" dropout_ratio: 0.5 } bottom: "pool" top: "pool" }
        layers { layer { name: "w" type: "window_data" source: "s" det_fg_threshold: 0.5 det_crop_mode: "warp"
        batchsize: 2 } top: "w" }
        layers { layer { name: "h" type: "hdf5_data" source: "list" batchsize: 3 concat_dim: 0 } top: "h" }
        """;

    private const string Solver = """
        net: "net.prototxt" test_iter: 10 test_iter: 20 test_interval: 100 base_lr: 0.01 lr_policy: "multistep" gamma:
        0.1
        stepvalue: 10 stepvalue: 20 momentum: 0.9 weight_decay: 5e-4 display: 10 max_iter: 100 snapshot: 50
        snapshot_prefix: "s"
        solver_mode: CPU type: "Adam" delta: 1e-8 momentum2: 0.999 rms_decay: 0.98 random_seed: 3 snapshot_format: HDF5
        test_state { phase: TEST level: 1 stage: "x" } train_state: { stage: ["y"] } regularization_type: "L2"
        iter_size: 2
        """;

    private const string OldSolver = """
        train_net_param { name: "n" layers { name: "a" type: RELU bottom: "x" top: "x" } } test_net: 'test.prototxt'
        base_lr: .5 lr_policy: 'inv' power: 0.75 solver_type: NESTEROV debug_info: false clip_gradients: 1e30 plugin:
        "a.dll"
        """;

    /// <summary>Definitions as text.</summary>
    public static IReadOnlyList<string> Texts { get; } =
    [
        Net, Version1, Version0, Solver, OldSolver,
        "\uFEFFname: \"\\x41\\101\\n\\u00e9\\U0001F600\" 'joined' \"text\";\n"
            + "layer: { name: 'a' type: 'Python' python_param { module: 'm' } }",
        "input: 'a' input: 'b' input_shape: { dim: 0x10 dim: 017 } input_shape { dim: -1 } "
            + "state { level: -2 stage: '' }, debug_info: t",
        "layer { name: 'r' type: 'Reshape' reshape_param { shape { dim: [0, -1, 2] } axis: -1 num_axes: 2 } }",
    ];

    /// <summary>Definitions in YAML, with what only it has.</summary>
    public static IReadOnlyList<string> Yamls { get; } =
    [
        """
        %YAML 1.2
        ---
        name: &n small
        parameters: {width: 4, deep: [1, 2]}
        layer:
        - &base {name: data, type: Input, top: data, input_param: {shape: {dim: [1, 3, 8, 8]}}}
        - <<: *base
          name: again
          top: [again]
        - name: ip
          type: InnerProduct
          bottom: data
          top: !!str ip
          inner_product_param: {num_output: '${width}', bias_term: off}
          blobs: [{shape: {dim: [2]}, data: [.inf, -.5]}]
        - include: block.yaml
          with: {name: a, n: 3}
        - ? name
          : last
          ? type
          : >-
            Split
            ted
          plugin_param: {a: |
            text
            , b: ~, c: 0x1F, d: [true, {e: 'it''s'}]}
        """,
        "net: net.yaml\nbase_lr: 1e-2\nlr_policy: fixed\ntest_iter: [1, 2]\n"
            + "max_iter: 100\nsnapshot_prefix: \"a\\tb\"\ntest_state: {phase: TEST}\n",
        "include: [a.yaml, input.yaml]\nlayers:\n  - {name: 1, type: RELU, bottom: *x, top: &x y}\n"
            + "...\n---\nname: second\n",
    ];

    /// <summary>The nets of the texts.</summary>
    public static IEnumerable<NetParameter> Nets() =>
        ((string[])[Net, Version1, Version0]).Select(text => TextFormat.Parse<NetParameter>(text, "seed"));

    /// <summary>The solvers of the texts.</summary>
    public static IEnumerable<SolverParameter> Solvers() =>
        ((string[])[Solver, OldSolver]).Select(text => TextFormat.Parse<SolverParameter>(text, "seed"));
}
