using Cnn.Engine.Checks;

namespace Cnn.Engine.Export.Onnx;

/// <summary>How a net is exported to ONNX.</summary>
public sealed record OnnxOptions
{
    /// <summary>The least set of operators that can be asked for.</summary>
    public const int LeastOpset = 13;

    /// <summary>The greatest set of operators that can be asked for.</summary>
    public const int GreatestOpset = 22;

    /// <summary>The version of ONNX's set of operators; 17 is read by nearly all programs.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>
    /// Whether the batch size stays that of the net; else it is open where no layer fixes it.
    /// </summary>
    public bool FixesBatch { get; init; }

    /// <summary>Whether a BatchNorm after a convolution is folded into the convolution's weights.</summary>
    public bool Folds { get; init; }

    /// <summary>
    /// Whether layers that ONNX cannot express become operators of the domain <c>cnn</c>, which need an implementation
    /// of one's own where the file runs; else they are refused.
    /// </summary>
    public bool UsesCustomDomain { get; init; }

    /// <summary>What the graph does to its image before the net's first layer; null for nothing.</summary>
    public OnnxPreprocessing? Preprocessing { get; init; }

    /// <summary>Whether ONNX Runtime runs the file and compares it with the net.</summary>
    public OnnxCheckChoice Check { get; init; }

    /// <summary>Receives the runs of the check, before each; null for none.</summary>
    public IProgress<CheckProgress>? CheckProgress { get; init; }

    /// <summary>Whether the values of large arrays go to a file beside the model's, whatever its size.</summary>
    public bool UsesExternalData { get; init; }
}
