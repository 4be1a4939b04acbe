namespace Cnn.Campaigns;

/// <summary>A training run that takes a second or two and uses random numbers wherever a net can.</summary>
internal static class SmallTraining
{
    public const string Net = """
        name: "Small"
        layer { name: "digits" type: "Digits" top: "data" top: "label" include { phase: TRAIN }
          transform_param { scale: 0.00390625 crop_size: 24 mirror: true } digits_param { batch_size: 8 } }
        layer { name: "digits" type: "Digits" top: "data" top: "label" include { phase: TEST }
          transform_param { scale: 0.00390625 crop_size: 24 } digits_param { batch_size: 8 seed: 2 } }
        layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
          convolution_param { num_output: 4 kernel_size: 5 weight_filler { type: "xavier" } } }
        layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1" pooling_param { kernel_size: 2 stride: 2 } }
        layer { name: "ip1" type: "InnerProduct" bottom: "pool1" top: "ip1"
          inner_product_param { num_output: 16 weight_filler { type: "xavier" } } }
        layer { name: "relu1" type: "ReLU" bottom: "ip1" top: "ip1" }
        layer { name: "drop1" type: "Dropout" bottom: "ip1" top: "ip1" }
        layer { name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
          inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
        layer { name: "accuracy" type: "Accuracy" bottom: "ip2" bottom: "label" top: "accuracy"
          include { phase: TEST } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip2" bottom: "label" top: "loss" }
        """;

    public static string Solver(int iterations, int snapshot, string more = "", string prefix = "snap") => $"""
        net: "net.prototxt"
        test_iter: 2
        test_interval: 50
        base_lr: 0.01
        momentum: 0.9
        weight_decay: 0.0005
        lr_policy: "inv"
        gamma: 0.0001
        power: 0.75
        display: 50
        max_iter: {iterations}
        snapshot: {snapshot}
        snapshot_prefix: "{prefix}"
        {more}
        """;

    /// <summary>Writes net.prototxt and solver.prototxt, and returns the solver's path.</summary>
    public static string Write(
        TemporaryFolder folder, int iterations, int snapshot, string more = "random_seed: 7", string prefix = "snap")
    {
        folder.Write("net.prototxt", Net);
        return folder.Write("solver.prototxt", Solver(iterations, snapshot, more, prefix));
    }
}
