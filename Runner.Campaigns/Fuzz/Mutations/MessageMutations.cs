using System.Collections;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Campaigns.Fuzz.Mutations;

/// <summary>
/// Changes a message of protocol buffers by its fields: left out, set to boundaries, repeated, put in another order,
/// and fields that were not there. What comes out is a whole message that means something else.
/// </summary>
internal static class MessageMutations
{
    private const int MostDepth = 5, MostRepeated = 6;

    /// <summary>Changes the message that bytes hold once; returns the bytes as they are where they hold none.</summary>
    public static byte[] Apply(byte[] bytes, MessageDescriptor type, IReadOnlyList<byte[]> words, Random random)
    {
        IMessage message;
        try
        {
            message = type.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return bytes;
        }
        catch (InvalidOperationException)
        {
            return bytes;
        }

        Change(Any(message, random), words, random);
        return message.ToByteArray();
    }

    // A message within the message, or itself.
    private static IMessage Any(IMessage message, Random random)
    {
        IMessage chosen = message;
        for (int depth = 0; depth < 2 * MostDepth; depth++)
        {
            IMessage[] inner = [.. Inner(chosen)];
            if (inner.Length == 0 || random.Next(4) == 0)
            {
                break;
            }

            chosen = inner[random.Next(inner.Length)];
        }

        return chosen;
    }

    private static IEnumerable<IMessage> Inner(IMessage message)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType != FieldType.Message || field.IsMap)
            {
                continue;
            }

            object? value = field.Accessor.GetValue(message);
            foreach (object one in field.IsRepeated ? ((IList)value!).Cast<object>() : value is null ? [] : [value])
            {
                yield return (IMessage)one;
            }
        }
    }

    private static void Change(IMessage message, IReadOnlyList<byte[]> words, Random random)
    {
        IList<FieldDescriptor> fields = message.Descriptor.Fields.InDeclarationOrder();
        FieldDescriptor[] set = [.. fields.Where(f => !f.IsMap && IsSet(f, message))];
        FieldDescriptor[] all = [.. fields.Where(f => !f.IsMap && f.FieldType != FieldType.Group)];
        if (all.Length == 0)
        {
            return;
        }

        FieldDescriptor field = set.Length > 0 && random.Next(5) > 0 ? set[random.Next(set.Length)]
            : all[random.Next(all.Length)];
        if (field.IsRepeated)
        {
            ChangeList((IList)field.Accessor.GetValue(message), field, words, random);
        }
        else if (random.Next(5) == 0)
        {
            field.Accessor.Clear(message);
        }
        else
        {
            field.Accessor.SetValue(message, Value(field, words, random, 0));
        }
    }

    private static bool IsSet(FieldDescriptor field, IMessage message) => field.IsRepeated
        ? ((IList)field.Accessor.GetValue(message)).Count > 0
        : field.HasPresence ? field.Accessor.HasValue(message) : true;

    private static void ChangeList(IList list, FieldDescriptor field, IReadOnlyList<byte[]> words, Random random)
    {
        int at = list.Count > 0 ? random.Next(list.Count) : 0;
        switch (random.Next(5))
        {
            case 0 when list.Count > 0:
                list.RemoveAt(at);
                break;
            case 1 when list.Count > 0:
                list[at] = Value(field, words, random, 0);
                break;
            case 2 when list.Count > 1:
                int second = random.Next(list.Count);
                (list[at], list[second]) = (list[second], list[at]);
                break;
            case 3 when list.Count > 0:
                list.Insert(random.Next(list.Count + 1), Copy(list[at]!));
                break;
            default:
                list.Add(Value(field, words, random, 0));
                break;
        }
    }

    private static object Copy(object value) =>
        value is IMessage message ? message.Descriptor.Parser.ParseFrom(message.ToByteArray()) : value;

    private static object Value(FieldDescriptor field, IReadOnlyList<byte[]> words, Random random, int depth) =>
        field.FieldType switch
    {
        FieldType.Message => Create(field.MessageType, words, random, depth + 1),
        FieldType.String => Text(words, random),
        FieldType.Bytes => ByteString.CopyFrom(Bytes(random)),
        FieldType.Bool => random.Next(2) == 1,
        FieldType.Enum => random.Next(6) == 0
            ? random.Next(-2, 1000)
            : field.EnumType.Values[random.Next(field.EnumType.Values.Count)].Number,
        FieldType.Float => (float)Real(random),
        FieldType.Double => Real(random),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => unchecked((int)Whole(random)),
        FieldType.UInt32 or FieldType.Fixed32 => unchecked((uint)Whole(random)),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Whole(random),
        FieldType.UInt64 or FieldType.Fixed64 => unchecked((ulong)Whole(random)),
        _ => throw new NotSupportedException($"no {field.FieldType} in a message of the schema"),
    };

    private static IMessage Create(MessageDescriptor type, IReadOnlyList<byte[]> words, Random random, int depth)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        FieldDescriptor[] fields = [.. type.Fields.InDeclarationOrder().Where(f => !f.IsMap)];
        double share = Math.Min(0.6, 4.0 / Math.Max(1, fields.Length));
        foreach (FieldDescriptor field in fields)
        {
            if (random.NextDouble() > share || (field.FieldType == FieldType.Message && depth >= MostDepth))
            {
                continue;
            }

            if (!field.IsRepeated)
            {
                field.Accessor.SetValue(message, Value(field, words, random, depth));
                continue;
            }

            for (int n = random.Next(1, MostRepeated); n > 0; n--)
            {
                ((IList)field.Accessor.GetValue(message)).Add(Value(field, words, random, depth));
            }
        }

        return message;
    }

    // Small numbers are what a valid file has most often.
    private static long Whole(Random random) => random.Next(3) switch
    {
        0 => ByteMutations.Boundary(random),
        1 => random.Next(-2, 6),
        _ => random.Next(200),
    };

    private static double Real(Random random) => random.Next(6) switch
    {
        0 => double.NaN,
        1 => random.Next(2) == 0 ? double.PositiveInfinity : double.NegativeInfinity,
        2 => random.Next(2) == 0 ? 1e300 : 1e-300,
        3 => random.Next(-3, 4),
        _ => random.NextDouble(),
    };

    private static string Text(IReadOnlyList<byte[]> words, Random random) => words.Count > 0 && random.Next(4) > 0
        ? Encoding.UTF8.GetString(words[random.Next(words.Count)])
        : random.Next(4) switch { 0 => "", 1 => "a/b\\..\n\0", 2 => new string('x', random.Next(300)), _ => "data" };

    private static byte[] Bytes(Random random)
    {
        byte[] bytes = new byte[random.Next(40)];
        random.NextBytes(bytes);
        return bytes;
    }
}
