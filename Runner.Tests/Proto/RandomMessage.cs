using System.Collections;
using System.Text;
using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Proto;

/// <summary>
/// Makes a message of any type of the schema with any values that its fields can hold, as a function of the seed.
/// </summary>
internal sealed class RandomMessage(ulong seed)
{
    private const int MaxDepth = 4;

    private readonly Random random = new((int)(seed ^ (seed >> 32)));

    /// <summary>Every message type of the schema.</summary>
    public static IEnumerable<MessageDescriptor> Types => NetParameter.Descriptor.File.MessageTypes;

    public IMessage Create(MessageDescriptor type, int depth = 0)
    {
        if (type == PluginParameter.Descriptor)
        {
            return Block(depth);
        }

        var message = (IMessage)Activator.CreateInstance(type.ClrType)!;
        FieldDescriptor[] fields = type == PluginOption.Descriptor || type == PluginValue.Descriptor
            ? [] // they occur only in a block, which has its own rules
            : [.. FieldNames.FieldsOf(type)];
        double share = Math.Min(0.6, 8.0 / Math.Max(1, fields.Length));
        foreach (FieldDescriptor field in fields)
        {
            bool isTooDeep = field.FieldType == FieldType.Message && depth == MaxDepth;
            if (!field.IsRequired && (isTooDeep || random.NextDouble() > share))
            {
                continue;
            }

            if (!field.IsRepeated)
            {
                field.Accessor.SetValue(message, Value(field, depth));
                continue;
            }

            var list = (IList)field.Accessor.GetValue(message);
            for (int n = random.Next(1, 4); n > 0; n--)
            {
                list.Add(Value(field, depth));
            }
        }

        return message;
    }

    private object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Message => Create(field.MessageType, depth + 1),
        FieldType.String => Text(),
        FieldType.Bytes => ByteString.CopyFrom(Bytes()),
        FieldType.Bool => random.Next(2) == 1,
        FieldType.Enum => field.EnumType.Values[random.Next(field.EnumType.Values.Count)].Number,
        FieldType.Float => Single(),
        FieldType.Double => Double(),
        FieldType.Int32 => (int)Integer(),
        FieldType.UInt32 => (uint)Integer(),
        FieldType.Int64 => Integer(),
        FieldType.UInt64 => (ulong)Integer(),
        _ => throw new NotSupportedException($"no random {field.FieldType}"),
    };

    private long Integer() => random.Next(5) switch
    {
        0 => 0,
        1 => -1,
        2 => long.MinValue,
        3 => random.Next(1000),
        _ => random.NextInt64(long.MinValue, long.MaxValue),
    };

    private float Single()
    {
        float value = random.Next(8) switch
        {
            0 => float.PositiveInfinity,
            1 => float.NegativeInfinity,
            2 => -0.0f,
            3 => float.Epsilon,
            4 => float.MaxValue,
            5 => random.Next(100) / 10f,
            _ => BitConverter.Int32BitsToSingle((int)random.NextInt64(int.MinValue, int.MaxValue)),
        };
        return float.IsNaN(value) ? float.NaN : value;
    }

    private double Double()
    {
        double value = random.Next(2) == 0
            ? Single()
            : BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
        return double.IsNaN(value) ? double.NaN : value;
    }

    private byte[] Bytes()
    {
        byte[] bytes = new byte[random.Next(12)];
        random.NextBytes(bytes);
        return bytes;
    }

    private string Text()
    {
        var text = new StringBuilder();
        for (int n = random.Next(8); n > 0; n--)
        {
            int code = random.Next(4) switch
            {
                0 => random.Next(0x20),
                1 => random.Next(0x110000),
                2 => "\"'\\#{}:0\u0085\u2028\uFEFF\x7F"[random.Next(12)],
                _ => random.Next(0x20, 0x7F),
            };
            text.Append(Rune.IsValid(code) ? new Rune(code) : new Rune('?'));
        }

        return text.ToString();
    }

    private PluginParameter Block(int depth)
    {
        var block = new PluginParameter();
        for (int n = random.Next(4); n > 0; n--)
        {
            var option = new PluginOption { Name = $"option_{n}" };
            for (int values = random.Next(4); values > 0; values--)
            {
                option.Value.Add(random.Next(3) switch
                {
                    0 when depth < MaxDepth => new PluginValue { Block = Block(depth + 1) },
                    1 => new PluginValue { Text = Text() },
                    _ => new PluginValue
                    {
                        Scalar = ((string[])["true", "-1", "0.5e-3", "FAST", "-inf", "17", "1.5"])[random.Next(7)],
                    },
                });
            }

            block.Option.Add(option);
        }

        return block;
    }
}
