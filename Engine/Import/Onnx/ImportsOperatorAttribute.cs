namespace Cnn.Engine.Import.Onnx;

/// <summary>Marks the translation of an operator.</summary>
/// <param name="type">The operator, as ONNX names it.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ImportsOperatorAttribute(string type) : Attribute
{
    /// <summary>The operator, as ONNX names it.</summary>
    public string Type { get; } = type;
}
