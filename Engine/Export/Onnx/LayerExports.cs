using System.Collections.Frozen;
using System.Reflection;
using Cnn.Engine.Graph;

namespace Cnn.Engine.Export.Onnx;

/// <summary>
/// The translations of layer types, by the types' names; by module and class for what takes the place of a Python
/// layer.
/// </summary>
internal static class LayerExports
{
    private static readonly Lazy<FrozenDictionary<string, (Action<LayerExport> Export, bool FixesBatch)>> Table =
        new(Find);

    /// <summary>The types that have a translation.</summary>
    public static IEnumerable<string> Types => Table.Value.Keys;

    /// <summary>Returns the translation of a layer; null where it has none.</summary>
    public static Action<LayerExport>? Of(NetLayer layer) => Table.Value.GetValueOrDefault(NameOf(layer)).Export;

    /// <summary>Whether the translation of a layer is written out for the batch size.</summary>
    public static bool FixesBatch(NetLayer layer) => Table.Value.GetValueOrDefault(NameOf(layer)).FixesBatch;

    /// <summary>Whether a layer's tops are inputs of the graph: it has no bottoms, and no translation.</summary>
    public static bool IsSource(NetLayer layer) => layer.BottomList.Count == 0 && Of(layer) is null;

    private static string NameOf(NetLayer layer) => layer is { Type: "Python", Definition.PythonParam: { } python }
        ? $"{python.Module}.{python.Layer}"
        : layer.Type;

    private static FrozenDictionary<string, (Action<LayerExport> Export, bool FixesBatch)> Find() => (
        from type in typeof(LayerExports).Assembly.GetTypes()
        where type.Namespace == $"{typeof(LayerExports).Namespace}.Layers"
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public)
        from attribute in method.GetCustomAttributes<ExportsLayerAttribute>()
        select (attribute.Type, Entry: (method.CreateDelegate<Action<LayerExport>>(), attribute.FixesBatch)))
        .ToFrozenDictionary(e => e.Type, e => e.Entry);
}
