using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// Finds fields of binary files that the schema does not have, as forks of Caffe write them. The protobuf library keeps
/// them in the messages and writes them back, but does not expose them.
/// </summary>
internal static class UnknownFields
{
    private static readonly ConcurrentDictionary<Type, FieldInfo> Holders = new();

    /// <summary>Returns the numbers of a message's own unknown fields, each once, in ascending order.</summary>
    public static IReadOnlyList<int> NumbersIn(IMessage message)
    {
        if (HolderOf(message.GetType()).GetValue(message) is not UnknownFieldSet unknown)
        {
            return [];
        }

        var bytes = new byte[unknown.CalculateSize()];
        using (var output = new CodedOutputStream(bytes))
        {
            unknown.WriteTo(output);
        }

        var numbers = new SortedSet<int>();
        using var input = new CodedInputStream(bytes);
        while (input.ReadTag() is var tag and not 0)
        {
            numbers.Add(WireFormat.GetTagFieldNumber(tag));
            input.SkipLastField();
        }

        return [.. numbers];
    }

    /// <summary>
    /// Describes which unknown fields a message and those within it lose as text: one entry for each message that has
    /// any.
    /// </summary>
    public static IReadOnlyList<Diagnostic> LostInText(IMessage message)
    {
        var found = new List<Diagnostic>();
        Collect(message, null, found);
        return found;
    }

    /// <summary>
    /// Describes which unknown fields one message loses, without those within it; null when it has none.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="layer">The layer that it is in; null for none.</param>
    /// <param name="why">Why they are lost.</param>
    /// <param name="hint">What to do about it; null for nothing.</param>
    public static Diagnostic? DescribeOwn(IMessage message, string? layer, string why, string? hint = null)
    {
        IReadOnlyList<int> numbers = NumbersIn(message);
        string fields = numbers.Count == 1 ? "1 unknown field" : $"{numbers.Count} unknown fields";
        return numbers.Count == 0
            ? null
            : new Diagnostic(
                $"{fields} of {message.Descriptor.Name} ({string.Join(", ", numbers)}) {why}",
                Hint: hint,
                Layer: layer);
    }

    private static void Collect(IMessage message, string? layer, List<Diagnostic> found)
    {
        layer = message switch
        {
            LayerParameter current => current.Name,
            V1LayerParameter old => old.Layer?.Name ?? old.Name,
            _ => layer,
        };
        const string Why = "left out, as text has fields by name alone";
        if (DescribeOwn(message, layer, Why, "a binary file keeps them") is { } own)
        {
            found.Add(own);
        }

        foreach (FieldDescriptor field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.FieldType != FieldType.Message)
            {
                continue;
            }

            object? value = field.Accessor.GetValue(message);
            IEnumerable<IMessage> within = value is IList many ? many.Cast<IMessage>()
                : value is IMessage one ? [one]
                : [];
            foreach (IMessage nested in within)
            {
                Collect(nested, layer, found);
            }
        }
    }

    // The code that protoc generates has had the field under this name for as long as it has kept unknown fields.
    private static FieldInfo HolderOf(Type type) => Holders.GetOrAdd(
        type, static t => t.GetField("_unknownFields", BindingFlags.Instance | BindingFlags.NonPublic)!);
}
