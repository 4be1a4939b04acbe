using System.Collections;
using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Proto.Yaml;

/// <summary>Messages of any type with random fields, values at the edges of their types included; a function of the seed.</summary>
internal sealed class RandomMessages(int seed)
{
    private static readonly string[] Texts =
    [
        "", "data", "conv1/3x3", "null", "yes", "0.5", "1e3", ".inf", "~", "<<", "a: b", "- a", "#c", "x #c", "*a", "&a", "!t",
        " lead", "trail ", "two\nlines", "tab\t", "\"q\" 'q'", "back\\slash", "{a}", "[a]", "a,b", "%d", "@x", "`x", "---", "...",
        "é", "日本", "\U0001F600", "\u0001\u007f\u0085\u2028\u2029\ufeff\uffff", "\r\n", "./a", "../b", "/abs/olute.lmdb", "C:\\x", "0x1F", "-",
    ];

    private static readonly float[] Floats =
        [0, -0f, 1, -1, 0.1f, 1e-45f, 3.4028235e38f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 16777216f, 1e-5f, 1e10f];

    private readonly Random random = new(seed);

    public IMessage Next(MessageDescriptor type, int depth = 0)
    {
        if (type == PluginParameter.Descriptor)
        {
            return Options(depth);
        }

        var message = (IMessage)Activator.CreateInstance(type.ClrType)!;
        foreach (FieldDescriptor field in type.Fields.InDeclarationOrder())
        {
            bool isNested = field.FieldType == FieldType.Message;
            double chance = isNested ? (depth < 4 ? 0.3 : 0) : type.Fields.InDeclarationOrder().Count > 12 ? 0.3 : 0.6;
            if ((random.NextDouble() > chance && !field.IsRequired) || field.RealContainingOneof?.Accessor.GetCaseFieldDescriptor(message) is not null)
            {
                continue;
            }

            if (!field.IsRepeated)
            {
                field.Accessor.SetValue(message, Value(field, depth));
                continue;
            }

            var list = (IList)field.Accessor.GetValue(message);
            for (int i = random.Next(isNested ? 3 : 40) / (random.Next(2) + 1); i >= 0; i--)
            {
                list.Add(Value(field, depth));
            }
        }

        return message;
    }

    private object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Message => Next(field.MessageType, depth + 1),
        FieldType.String => Pick(Texts),
        FieldType.Bytes => ByteString.CopyFrom(Bytes()),
        FieldType.Bool => random.Next(2) == 1,
        FieldType.Float => random.Next(2) == 0 ? Pick(Floats) : BitConverter.Int32BitsToSingle(random.Next() & ~(1 << 23)),
        FieldType.Double => random.Next(2) == 0 ? Pick(Floats) : random.NextDouble() * Math.Pow(10, random.Next(-300, 300)),
        FieldType.Enum => Pick(field.EnumType.Values.Select(v => v.Number).ToArray()),
        FieldType.Int32 => Pick([0, 1, -1, int.MinValue, int.MaxValue, random.Next()]),
        FieldType.Int64 => Pick([0L, -1L, long.MinValue, long.MaxValue, random.NextInt64()]),
        FieldType.UInt32 => Pick([0u, 1u, uint.MaxValue, (uint)random.Next()]),
        FieldType.UInt64 => Pick([0ul, ulong.MaxValue, (ulong)random.NextInt64()]),
        _ => throw new NotSupportedException($"a {field.FieldType} in the schema"),
    };

    // Names once each and at least one value: what a text can say.
    private PluginParameter Options(int depth)
    {
        var block = new PluginParameter();
        for (int i = random.Next(4); i > 0; i--)
        {
            var option = new PluginOption { Name = Pick(["alpha", "null", "y", "_x1", "Names"]) + i };
            for (int v = random.Next(4); v >= 0; v--)
            {
                option.Value.Add(random.Next(depth < 5 ? 3 : 2) switch
                {
                    0 => new PluginValue { Scalar = Pick(["0.5", "-3", "FAST", "true", "inf", "-inf", "nan", "null", "1e-5", "0x1F", "yes"]) },
                    1 => new PluginValue { Text = Pick(Texts) },
                    _ => new PluginValue { Block = Options(depth + 1) },
                });
            }

            block.Option.Add(option);
        }

        return block;
    }

    private byte[] Bytes()
    {
        var bytes = new byte[random.Next(50)];
        random.NextBytes(bytes);
        return bytes;
    }

    private T Pick<T>(T[] values) => values[random.Next(values.Length)];
}
