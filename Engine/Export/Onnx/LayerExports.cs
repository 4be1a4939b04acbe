using System.Collections.Frozen;
using System.Reflection;

namespace Cnn.Engine.Export.Onnx;

/// <summary>The translations of layer types, by the types' names.</summary>
internal static class LayerExports
{
    private static readonly Lazy<FrozenDictionary<string, Action<LayerExport>>> Table = new(Find);

    /// <summary>The types that have a translation.</summary>
    public static IEnumerable<string> Types => Table.Value.Keys;

    /// <summary>Returns the translation of a type; null where it has none.</summary>
    public static Action<LayerExport>? Of(string type) => Table.Value.GetValueOrDefault(type);

    private static FrozenDictionary<string, Action<LayerExport>> Find() => (
        from type in typeof(LayerExports).Assembly.GetTypes()
        where type.Namespace == $"{typeof(LayerExports).Namespace}.Layers"
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public)
        from attribute in method.GetCustomAttributes<ExportsLayerAttribute>()
        select (attribute.Type, Export: method.CreateDelegate<Action<LayerExport>>()))
        .ToFrozenDictionary(e => e.Type, e => e.Export);
}
