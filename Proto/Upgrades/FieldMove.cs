using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>Moves values between fields of different messages, with the places where they were written.</summary>
internal static class FieldMove
{
    /// <summary>
    /// Moves the content of a field into another, appending where that one is a list. Nested messages are moved, not
    /// copied; integers and enums become the other field's type.
    /// </summary>
    /// <exception cref="CnnException">A negative number would go into an unsigned field.</exception>
    public static void Move(
        IMessage from, FieldDescriptor source, IMessage to, FieldDescriptor target, SourceMap sources)
    {
        if (!source.IsRepeated)
        {
            Put(source.Accessor.GetValue(from), sources.Find(from, source.FieldNumber), to, target, sources);
            return;
        }

        var values = (IList)source.Accessor.GetValue(from);
        for (int i = 0; i < values.Count; i++)
        {
            Put(values[i]!, sources.Find(from, source.FieldNumber, i), to, target, sources);
        }
    }

    /// <summary>Whether a field is set, or a list has elements.</summary>
    public static bool Has(IMessage message, FieldDescriptor field) =>
        field.IsRepeated ? ((IList)field.Accessor.GetValue(message)).Count > 0 : field.Accessor.HasValue(message);

    /// <summary>Returns the message in a field, creating it when there is none.</summary>
    public static IMessage Child(IMessage message, FieldDescriptor field, SourceLocation? at, SourceMap sources)
    {
        if (field.Accessor.GetValue(message) is IMessage present)
        {
            return present;
        }

        var child = (IMessage)Activator.CreateInstance(field.MessageType.ClrType)!;
        field.Accessor.SetValue(message, child);
        Record(child, 0, 0, at, sources);
        Record(message, field.FieldNumber, 0, at, sources);
        return child;
    }

    /// <summary>Records a place if there is one; field 0 is the message itself.</summary>
    public static void Record(IMessage message, int field, int index, SourceLocation? at, SourceMap sources)
    {
        if (at is null)
        {
            return;
        }

        if (field == 0)
        {
            sources.Record(message, at);
        }
        else
        {
            sources.Record(message, field, index, at);
        }
    }

    private static void Put(object value, SourceLocation? at, IMessage to, FieldDescriptor target, SourceMap sources)
    {
        value = Convert(value, at, target);
        int index = 0;
        if (target.IsRepeated)
        {
            var list = (IList)target.Accessor.GetValue(to);
            index = list.Count;
            list.Add(value);
        }
        else
        {
            target.Accessor.SetValue(to, value);
        }

        // Lists of numbers are recorded by their first element, as in parsing.
        if (index == 0 || value is IMessage or string)
        {
            Record(to, target.FieldNumber, index, at, sources);
        }
    }

    private static object Convert(object value, SourceLocation? at, FieldDescriptor target) =>
        (value, target.FieldType) switch
        {
            (int negative, FieldType.UInt32) when negative < 0 => throw new CnnException(
                new Diagnostic(TextMessages.OutOfRange(value.ToString()!, "uint32"), at)),
            (int number, FieldType.UInt32) => (uint)number,
            // An enum's number fits any enum field: the accessors unbox it.
            (Enum, FieldType.Enum) => System.Convert.ToInt32(value, CultureInfo.InvariantCulture),
            _ => value,
        };
}
