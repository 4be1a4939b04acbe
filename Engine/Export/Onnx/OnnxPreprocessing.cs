using Cnn.Engine.Classification;

namespace Cnn.Engine.Export.Onnx;

/// <summary>
/// What an exported graph does to an image of bytes, 0 to 255, before the net sees it: <c>(image - mean) * scale</c>,
/// in the order that Caffe's <c>transform_param</c> has.
/// </summary>
public sealed record OnnxPreprocessing
{
    /// <summary>What to subtract, in the net's own order of channels; null for nothing.</summary>
    public InputMean? Mean { get; init; }

    /// <summary>The factor after the mean.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>Whether the graph turns the order of the channels round first, so that it takes RGB for BGR.</summary>
    public bool SwapsChannels { get; init; }
}
