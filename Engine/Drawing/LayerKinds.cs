using System.Collections.Frozen;
using Cnn.Engine.Graph;

namespace Cnn.Engine.Drawing;

/// <summary>Sorts layers into the kinds that a drawing colours.</summary>
internal static class LayerKinds
{
    private static readonly FrozenDictionary<string, LayerKind> Known = TableOf(
        (LayerKind.Convolution,
            "Convolution Convolution3D ConvolutionDepthwise DepthwiseConvolution Deconvolution Im2col Correlation"),
        (LayerKind.Dense, "InnerProduct MarginInnerProduct InnerDistance Embed RNN LSTM Lstm LSTMUnit EuclideanRBF"),
        (LayerKind.Pooling,
            "Pooling Pooling3D SPP ROIPooling PSROIPooling Subsampling HistogramPooling Reduction Upsample "
            + "UpsampleDarknet Interp ResizeBilinear ResizeNearestNeighbor"),
        (LayerKind.Activation,
            "AbsVal BNLL Clip Dropout ELU Exp HardSigmoid HardSwish Log Maxout Mish NoisyReLU PReLU Power ReLU ReLU6 "
            + "ScaledTanH SeLU SeLUDropout SeLu SeLuDropout Sigmoid Softmax Square Swish TanH Threshold"),
        (LayerKind.Normalization, "BN BatchNorm LRN MVN Normalize Scale Bias ChannelScale"),
        (LayerKind.Shape,
            "Add Axpy BatchReindex BatchToSpaceND Concat Crop DepthToSpace Eltwise ExpandDimsND Filter Flatten Flip "
            + "Mul Pad Permute Reorg Reshape Reverse ShuffleChannel Slice SpaceToBatchND SpaceToDepth Squeeze Tile "
            + "Transpose"),
        (LayerKind.Loss,
            "Accuracy LabelsequenceAccuracy SegAccuracy DetectionEvaluate EvalDetection ArgMax DetectionOutput "
            + "YoloDetectionOutput Yolov3DetectionOutput"));

    /// <summary>The name of a kind in the legend.</summary>
    public static string NameOf(LayerKind kind) => kind switch
    {
        LayerKind.Data => "data",
        LayerKind.Convolution => "convolution",
        LayerKind.Dense => "inner product, recurrent",
        LayerKind.Pooling => "pooling, resizing",
        LayerKind.Activation => "activation",
        LayerKind.Normalization => "normalization, scale",
        LayerKind.Shape => "sum, concatenation, shape",
        LayerKind.Loss => "loss, score",
        _ => "other",
    };

    /// <summary>Returns the kind of a layer; a plug-in's is told by what it does in the net.</summary>
    public static LayerKind Of(NetLayer layer) => Known.TryGetValue(layer.Type, out LayerKind kind) ? kind
        : layer.Layer.IsLoss || layer.Type.Contains("Loss", StringComparison.Ordinal) ? LayerKind.Loss
        : layer.Bottoms.Count == 0 ? LayerKind.Data
        : LayerKind.Other;

    private static FrozenDictionary<string, LayerKind> TableOf(params (LayerKind Kind, string Types)[] rows) =>
        rows.SelectMany(r => r.Types.Split(' ').Select(type => (type, r.Kind)))
            .ToFrozenDictionary(r => r.type, r => r.Kind, StringComparer.Ordinal);
}
