namespace Cnn.Engine.Export.Onnx;

/// <summary>
/// Marks a static method that takes a <see cref="LayerExport"/> as the translation of a layer type.
/// </summary>
/// <param name="type">The type's name, or the module and class of a Python layer: <c>pad.PadTensor</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ExportsLayerAttribute(string type) : Attribute
{
    /// <summary>The layer type.</summary>
    public string Type { get; } = type;

    /// <summary>
    /// Whether the translation is written out for the batch size, such as the steps of a sequence one by one.
    /// </summary>
    public bool FixesBatch { get; init; }
}
