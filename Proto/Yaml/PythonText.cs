namespace Cnn.Proto;

/// <summary>
/// Reads the <c>param_str</c> of Caffe's Python layers: YAML with one map, whose lists may be tagged
/// <c>!!python/tuple</c>, such as <c>'feat_stride': 16</c> or <c>{'scales': !!python/tuple [8, 16, 32]}</c>.
/// </summary>
internal static class PythonText
{
    /// <summary>Returns the map as free-form options; empty for empty text.</summary>
    /// <exception cref="CnnException">
    /// The text is wrong; the places of the mistakes are lines and columns of the text.
    /// </exception>
    public static PluginParameter Parse(string text)
    {
        var places = new YamlPlaces(text, "param_str");
        (YamlNode? root, int nodes) = new YamlComposer(places, takesTuples: true).Compose();
        var options = (PluginParameter)new YamlBinder(places, new SourceMap(), nodes).Bind(
            PluginParameter.Descriptor, root);
        return places.Errors.Count == 0 ? options : throw new CnnException(places.Errors);
    }
}
