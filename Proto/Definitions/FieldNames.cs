using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// The fields of messages that text knows by name. The field that holds a layer's foreign blocks is not among them:
/// these stand under names of their own.
/// </summary>
internal static class FieldNames
{
    /// <summary>Returns the fields that can be written.</summary>
    public static IEnumerable<FieldDescriptor> FieldsOf(MessageDescriptor message) =>
        message.Fields.InDeclarationOrder().Where(f => !IsForeign(f));

    /// <summary>Returns their names.</summary>
    public static IEnumerable<string> Of(MessageDescriptor message) => FieldsOf(message).Select(f => f.Name);

    /// <summary>Returns a field by its name; null when the message has none of it.</summary>
    public static FieldDescriptor? Find(MessageDescriptor message, string name) =>
        message.FindFieldByName(name) is { } field && !IsForeign(field) ? field : null;

    /// <summary>Whether a field is the one that holds the foreign blocks of a layer.</summary>
    public static bool IsForeign(FieldDescriptor field) =>
        field.FieldNumber == LayerParameter.ForeignBlockFieldNumber
        && field.ContainingType == LayerParameter.Descriptor;
}
