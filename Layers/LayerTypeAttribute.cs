namespace Cnn.Layers;

/// <summary>
/// The name by which a net asks for a layer (<c>type: "Convolution"</c>). The class has a public constructor that takes
/// a <see cref="LayerContext"/>; the registry finds it by this attribute alone.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class LayerTypeAttribute(string name) : Attribute
{
    /// <summary>The name, case-sensitive.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// The name under which a plug-in's options stand besides <c>plugin_param</c>, as in nets of the fork that the type
    /// comes from: <c>permute2_param</c>. Null for none.
    /// </summary>
    public string? Options { get; init; }
}
