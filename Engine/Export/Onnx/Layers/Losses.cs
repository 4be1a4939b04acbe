namespace Cnn.Engine.Export.Onnx.Layers;

/// <summary>
/// Losses, scores and files: a graph for use has no labels, so losses and scores are left out and what they judge
/// becomes an output, as does what goes to a file.
/// </summary>
internal static class Losses
{
    /// <summary>The softmax of the scores.</summary>
    [ExportsLayer("SoftmaxWithLoss")]
    public static void SoftmaxWithLoss(LayerExport layer)
    {
        string probabilities = layer.Softmax();
        if (layer.Layer.TopList.Count > 1)
        {
            layer.Top(probabilities, 1);
        }
        else
        {
            layer.Judged(probabilities, "prob");
        }
    }

    /// <summary>The logistic function of the scores.</summary>
    [ExportsLayer("SigmoidCrossEntropyLoss")]
    public static void SigmoidCrossEntropyLoss(LayerExport layer) =>
        layer.Judged(layer.Op("Sigmoid", [layer.In()]), "prob");

    /// <summary>What is compared.</summary>
    [ExportsLayer("EuclideanLoss")]
    [ExportsLayer("HingeLoss")]
    [ExportsLayer("ContrastiveLoss")]
    [ExportsLayer("MultinomialLogisticLoss")]
    [ExportsLayer("InfogainLoss")]
    [ExportsLayer("SmoothL1Loss")]
    [ExportsLayer("L1Loss")]
    [ExportsLayer("CenterLoss")]
    [ExportsLayer("CtcLoss")]
    [ExportsLayer("RegionLoss")]
    [ExportsLayer("Yolov3")]
    [ExportsLayer("pyloss.EuclideanLossLayer")]
    [ExportsLayer("DetectionEvaluate")]
    [ExportsLayer("EvalDetection")]
    [ExportsLayer("LabelsequenceAccuracy")]
    public static void Judged(LayerExport layer) => layer.Judged(layer.In(), layer.Layer.Definition.Bottom[0]);

    /// <summary>The places and the scores of boxes.</summary>
    [ExportsLayer("MultiBoxLoss")]
    public static void MultiBoxLoss(LayerExport layer)
    {
        layer.Judged(layer.In(), layer.Layer.Definition.Bottom[0]);
        layer.Judged(layer.In(1), layer.Layer.Definition.Bottom[1], bottom: 1);
    }

    /// <summary>What is written, without labels that are an input of the net.</summary>
    [ExportsLayer("HDF5Output")]
    public static void Hdf5Output(LayerExport layer)
    {
        layer.Judged(layer.In(), layer.Layer.Definition.Bottom[0]);
        if (!layer.IsInput(1))
        {
            layer.Judged(layer.In(1), layer.Layer.Definition.Bottom[1], bottom: 1);
        }
    }

    /// <summary>Nothing: a score of what a loss has as well, or of what is an output.</summary>
    [ExportsLayer("Accuracy")]
    [ExportsLayer("SegAccuracy")]
    [ExportsLayer("SoftmaxWithLossOHEM")]
    [ExportsLayer("SmoothL1LossOHEM")]
    public static void Dropped(LayerExport layer)
    {
    }
}
