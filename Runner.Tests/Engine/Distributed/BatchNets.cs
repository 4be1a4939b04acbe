using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Distributed;

/// <summary>Nets whose batches processes share out.</summary>
internal static class BatchNets
{
    /// <summary>A net that guesses digits.</summary>
    public const string Classifier = """
        name: "Guess"
        layer { name: "digits" type: "Digits" top: "data" top: "label"
          transform_param { scale: 0.00390625 crop_size: 24 } digits_param { batch_size: 8 seed: 2 } }
        layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
          inner_product_param { num_output: 10 weight_filler { type: "gaussian" std: 0.1 } } }
        layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy" }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
        """;

    /// <summary>A net of objects, whose number differs from batch to batch, and of detections.</summary>
    public const string Detector = """
        name: "Detect"
        layer { name: "truth" type: "Digits" top: "image" top: "truth" digits_param { batch_size: 2 seed: 2
          canvas { height: 32 width: 32 min_size: 16 max_size: 16 max_digits: 3 } } }
        layer { name: "priors" type: "DummyData" top: "priors"
          dummy_data_param { shape { dim: 1 dim: 2 dim: 8 } data_filler { value: 0.1 } } }
        layer { name: "maps" type: "DummyData" top: "loc" top: "conf"
          dummy_data_param { shape { dim: 2 dim: 8 } shape { dim: 2 dim: 6 }
            data_filler { value: 0 } data_filler { type: "gaussian" } } }
        layer { name: "out" type: "DetectionOutput" bottom: "loc" bottom: "conf" bottom: "priors" top: "found"
          detection_output_param { num_classes: 3 confidence_threshold: 0.3 } }
        layer { name: "eval" type: "DetectionEvaluate" bottom: "found" bottom: "truth" top: "detection_eval"
          detection_evaluate_param { num_classes: 3 overlap_threshold: 0 } }
        layer { name: "none" type: "Silence" bottom: "image" }
        """;

    /// <summary>A net that carries the state of an LSTM from batch to batch.</summary>
    public const string Recurrent = """
        name: "Carry"
        layer { name: "x" type: "DummyData" top: "x" top: "cont" dummy_data_param {
          shape { dim: 3 dim: 2 dim: 4 } shape { dim: 3 dim: 2 }
          data_filler { type: "gaussian" } data_filler { value: 1 } } }
        layer { name: "lstm" type: "LSTM" bottom: "x" bottom: "cont" top: "lstm" recurrent_param { num_output: 3
          weight_filler { type: "gaussian" std: 0.5 } } }
        """;

    /// <summary>A net whose test adds to running statistics.</summary>
    public const string Measuring = """
        name: "Measure"
        layer { name: "x" type: "DummyData" top: "x" dummy_data_param {
          shape { dim: 4 dim: 2 } data_filler { type: "gaussian" } } }
        layer { name: "norm" type: "BatchNorm" bottom: "x" top: "norm" batch_norm_param { use_global_stats: false } }
        """;

    /// <summary>Builds a net as every rank builds it.</summary>
    public static Net Build(
        string text, WorkerPool pool, bool isForInference = false, params string[] keep) => Net.Build(
            NetDefinition.Parse(text),
            new NetOptions { Phase = Phase.Test, Seed = 3, Pool = pool, Inference = isForInference, Keep = keep });
}
