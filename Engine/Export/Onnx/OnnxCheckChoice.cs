namespace Cnn.Engine.Export.Onnx;

/// <summary>When an exported file is compared with its net.</summary>
public enum OnnxCheckChoice
{
    /// <summary>Where ONNX Runtime is installed and knows all operators of the file.</summary>
    WherePossible,

    /// <summary>Always; it is an error where ONNX Runtime is not installed or does not know an operator.</summary>
    Always,

    /// <summary>Never.</summary>
    Never,
}
