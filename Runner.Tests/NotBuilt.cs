using Cnn.Proto;

namespace Cnn.Tests;

/// <summary>
/// Features of Caffe that Cnn lacks. Only the golden cases that need them are skipped; any other missing layer fails.
/// </summary>
internal static class NotBuilt
{
    /// <summary>The layer types: of Caffe's, Python is not planned; the others are of its forks, one name a line.</summary>
    public static readonly string[] Types =
    [
        "BN",
        "BoxAnnotatorOHEM",
        "Convolution3D",
        "Correlation",
        "DetectionEvaluate",
        "DetectionOutput",
        "ExpandDimsND",
        "FlowWarp",
        "HardSigmoid",
        "Interp",
        "MultiBoxLoss",
        "Normalize",
        "PSROIPooling",
        "Permute",
        "Pooling3D",
        "PriorBox",
        "Proposal",
        "Python",
        "ROIPooling",
        "ReLU6",
        "Reorg",
        "ResizeBilinear",
        "ResizeNearestNeighbor",
        "ShuffleChannel",
        "SmoothL1Loss",
        "Squeeze",
        "Upsample",
        "YoloDetectionOutput",
        "Yolov3DetectionOutput",
    ];

    /// <summary>Skips a test whose net needs a missing feature.</summary>
    /// <param name="net">The net.</param>
    /// <param name="name">The name or path of its golden case.</param>
    public static void SkipIfNeededBy(NetParameter net, string name) => Assert.SkipWhen(
        net.Layer.Any(l => Types.Contains(l.Type)), $"not built: {name} needs {string.Join(", ", Types)}");
}
