using System.Collections.Frozen;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// The layer types that the schema shows to be built in, for those who do not know the registry of types: the types
/// with a message of their own, and those of the older formats.
/// </summary>
internal static class SchemaTypes
{
    private const string Ending = "Parameter";

    private static readonly Lazy<FrozenDictionary<string, FieldDescriptor>> Options = new(() =>
        LayerParameter.Descriptor.Fields.InDeclarationOrder()
            .Where(f => f.FieldType == FieldType.Message)
            .Where(f => f.MessageType.Name.EndsWith(Ending, StringComparison.Ordinal))
            .DistinctBy(f => f.MessageType)
            .ToFrozenDictionary(f => f.MessageType.Name[..^Ending.Length]));

    private static readonly Lazy<FrozenSet<string>> Names = new(() =>
        Options.Value.Keys.Concat(V1LayerTypes.CurrentNames).ToFrozenSet(StringComparer.Ordinal));

    /// <summary>All of them, sorted.</summary>
    public static IEnumerable<string> All => Names.Value.Order(StringComparer.Ordinal);

    /// <summary>Whether a type is built in by these signs.</summary>
    public static bool Has(string type) => Names.Value.Contains(type);

    /// <summary>
    /// Returns the field whose message is the type's own, <c>convolution_param</c> for Convolution; null for none.
    /// </summary>
    public static FieldDescriptor? OptionsOf(string type) => Options.Value.GetValueOrDefault(type);
}
