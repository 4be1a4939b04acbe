namespace Cnn.Layers;

/// <summary>
/// The module and class by which a net asks for a layer of type <c>Python</c>: the class that carries this runs in the
/// place of <c>python_param { module: "rpn.proposal_layer" layer: "ProposalLayer" }</c>, so that files written for
/// Caffe's Python layers run unchanged. It reads their <c>param_str</c> with
/// <see cref="Plugins.PluginOptions.Bind{TOptions}"/>. The class has a public constructor that takes a
/// <see cref="LayerContext"/>, and may have a <see cref="LayerTypeAttribute"/> too.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class PythonLayerAttribute(string module, string layer) : Attribute
{
    /// <summary>The module, case-sensitive.</summary>
    public string Module { get; } = module;

    /// <summary>The class in the module, case-sensitive.</summary>
    public string Layer { get; } = layer;

    /// <summary>Both: <c>rpn.proposal_layer.ProposalLayer</c>.</summary>
    public string FullName => $"{Module}.{Layer}";
}
