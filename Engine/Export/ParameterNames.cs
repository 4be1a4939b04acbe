using System.Globalization;
using Cnn.Layers;
using Cnn.Layers.Activations;
using Cnn.Layers.Common;
using Cnn.Layers.Losses;
using Cnn.Layers.Normalization;
using Cnn.Layers.Recurrent;
using Cnn.Layers.Vision;

namespace Cnn.Engine.Export;

/// <summary>
/// What the parameters of a layer are called in files that name their arrays, as <c>LAYER.weight</c>: PyTorch's names
/// where it has the like. The names of a type never change, since files hold them.
/// </summary>
internal static class ParameterNames
{
    private static readonly string[] WeightAndBias = ["weight", "bias"];

    /// <summary>
    /// Returns the names of a layer's parameters, in the order of its blobs: all different and without a dot. Those of
    /// a type that is not built in are <c>blob0</c>, <c>blob1</c> and so on.
    /// </summary>
    public static string[] Of(Layer layer)
    {
        string[] known = Known(layer);
        return
        [
            .. Enumerable.Range(0, layer.Blobs.Count).Select(i => i < known.Length
                ? known[i]
                : string.Create(CultureInfo.InvariantCulture, $"blob{i}")),
        ];
    }

    private static string[] Known(Layer layer) => layer switch
    {
        // The factors are the second bottom.
        ScaleLayer when layer.Parameter.Bottom.Count > 1 => ["bias"],
        ConvolutionBaseLayer or InnerProductLayer or EmbedLayer or ScaleLayer or SubsamplingLayer => WeightAndBias,
        PReLULayer or NormalizeLayer or EuclideanRBFLayer or ParameterLayer or MulLayer or InnerDistanceLayer
            or MarginInnerProductLayer or CenterLossLayer => ["weight"],
        BiasLayer => ["bias"],

        // The statistics as Caffe has them: sums, to be divided by the factor.
        BatchNormLayer => ["running_mean", "running_var", "scale_factor", .. WeightAndBias],
        BNLayer => [.. WeightAndBias, "running_mean", "running_var"],
        ClippedLstmLayer => ["weight_x", "weight_h", "bias"],
        RNNLayer => [.. Recurrent(layer.Blobs.Count > 5), "weight_ho", "bias_o"],
        RecurrentLayer => Recurrent(layer.Blobs.Count > 3),
        _ => [],
    };

    private static string[] Recurrent(bool hasStatic) =>
        hasStatic ? ["weight_x", "bias", "weight_static", "weight_h"] : ["weight_x", "bias", "weight_h"];
}
