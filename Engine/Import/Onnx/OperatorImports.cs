using System.Collections.Frozen;
using System.Reflection;

namespace Cnn.Engine.Import.Onnx;

/// <summary>The translations of operators, by the operators' names.</summary>
internal static class OperatorImports
{
    private static readonly Lazy<FrozenDictionary<string, Action<NodeImport>>> Table = new(Find);

    /// <summary>The operators that have a translation.</summary>
    public static IEnumerable<string> Types => Table.Value.Keys;

    /// <summary>Returns the translation of an operator; null where it has none.</summary>
    public static Action<NodeImport>? Of(string type) => Table.Value.GetValueOrDefault(type);

    private static FrozenDictionary<string, Action<NodeImport>> Find() => (
        from type in typeof(OperatorImports).Assembly.GetTypes()
        where type.Namespace == $"{typeof(OperatorImports).Namespace}.Operators"
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public)
        from attribute in method.GetCustomAttributes<ImportsOperatorAttribute>()
        select (attribute.Type, Import: method.CreateDelegate<Action<NodeImport>>()))
        .ToFrozenDictionary(e => e.Type, e => e.Import);
}
