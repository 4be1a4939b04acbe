using System.Collections.Frozen;
using System.Reflection;
using Cnn.Engine.Graph;

namespace Cnn.Engine.Export.Onnx;

/// <summary>The translations of layer types, by the types' names.</summary>
internal static class LayerExports
{
    private static readonly Lazy<FrozenDictionary<string, (Action<LayerExport> Export, bool FixesBatch)>> Table =
        new(Find);

    /// <summary>The types that have a translation.</summary>
    public static IEnumerable<string> Types => Table.Value.Keys;

    /// <summary>Returns the translation of a type; null where it has none.</summary>
    public static Action<LayerExport>? Of(string type) => Table.Value.GetValueOrDefault(type).Export;

    /// <summary>Whether the translation of a type is written out for the batch size.</summary>
    public static bool FixBatch(string type) => Table.Value.GetValueOrDefault(type).FixesBatch;

    /// <summary>Whether a layer's tops are inputs of the graph: it has no bottoms, and no translation.</summary>
    public static bool IsSource(NetLayer layer) => layer.BottomList.Count == 0 && Of(layer.Type) is null;

    private static FrozenDictionary<string, (Action<LayerExport> Export, bool FixesBatch)> Find() => (
        from type in typeof(LayerExports).Assembly.GetTypes()
        where type.Namespace == $"{typeof(LayerExports).Namespace}.Layers"
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public)
        from attribute in method.GetCustomAttributes<ExportsLayerAttribute>()
        select (attribute.Type, Entry: (method.CreateDelegate<Action<LayerExport>>(), attribute.FixesBatch)))
        .ToFrozenDictionary(e => e.Type, e => e.Entry);
}
