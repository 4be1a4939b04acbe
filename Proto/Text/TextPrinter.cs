using System.Collections;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>Writes a message as prototxt, two spaces a level.</summary>
internal static class TextPrinter
{
    public static string Print(IMessage message)
    {
        var text = new StringBuilder();
        Fields(text, message, 0);
        return text.ToString();
    }

    private static void Fields(StringBuilder text, IMessage message, int depth)
    {
        if (message is PluginParameter block)
        {
            Options(text, block, depth);
            return;
        }

        foreach (FieldDescriptor field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.IsRepeated)
            {
                foreach (object value in (IList)field.Accessor.GetValue(message))
                {
                    Field(text, field, value, depth);
                }
            }
            else if (field.Accessor.HasValue(message))
            {
                Field(text, field, field.Accessor.GetValue(message), depth);
            }
        }
    }

    private static void Field(StringBuilder text, FieldDescriptor field, object value, int depth)
    {
        text.Append(' ', depth * 2).Append(field.Name);
        if (value is IMessage nested)
        {
            Block(text, nested, depth);
        }
        else
        {
            text.Append(": ").Append(Scalar(field, value)).Append('\n');
        }
    }

    private static void Block(StringBuilder text, IMessage message, int depth)
    {
        text.Append(" {\n");
        Fields(text, message, depth + 1);
        text.Append(' ', depth * 2).Append("}\n");
    }

    private static string Scalar(FieldDescriptor field, object value) => value switch
    {
        bool b => b ? "true" : "false",
        float f => ScalarText.Print(f, isSingle: true),
        double d => ScalarText.Print(d, isSingle: false),
        string s => StringText.Quote(Encoding.UTF8.GetBytes(s), isText: true),
        ByteString b => StringText.Quote(b.Span, isText: false),
        _ when field.FieldType == FieldType.Enum =>
            field.EnumType.FindValueByNumber((int)value)?.Name ?? ((int)value).ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static void Options(StringBuilder text, PluginParameter block, int depth)
    {
        foreach (PluginOption option in block.Option)
        {
            foreach (PluginValue value in option.Value)
            {
                text.Append(' ', depth * 2).Append(option.Name);
                switch (value.KindCase)
                {
                    case PluginValue.KindOneofCase.Block:
                        Block(text, value.Block, depth);
                        break;
                    case PluginValue.KindOneofCase.Text:
                        text.Append(": ").Append(StringText.Quote(Encoding.UTF8.GetBytes(value.Text), true)).Append('\n');
                        break;
                    default:
                        text.Append(": ").Append(value.Scalar).Append('\n');
                        break;
                }
            }
        }
    }
}
