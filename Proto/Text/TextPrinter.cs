using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// Writes a message as prototxt, two spaces per level, each number of a repeated field on its own line as protobuf's
/// own printers do.
/// </summary>
internal sealed partial class TextPrinter(TextWriter text)
{
    // The shortest text that reads back as the same float has at most 15 characters.
    private readonly char[] digits = new char[32];

    /// <summary>Writes what is set in a message, in the order of the field numbers.</summary>
    public void Fields(IMessage message, int depth)
    {
        if (message is PluginParameter block)
        {
            Options(block.Option, depth);
            return;
        }

        foreach (FieldDescriptor field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (!field.IsRepeated)
            {
                if (field.Accessor.HasValue(message))
                {
                    Field(field, field.Accessor.GetValue(message), depth);
                }
            }
            else if (FieldNames.IsForeign(field))
            {
                Options(((LayerParameter)message).ForeignBlock, depth);
            }
            else if (field.FieldType == FieldType.Float)
            {
                Floats(field, (RepeatedField<float>)field.Accessor.GetValue(message), depth);
            }
            else
            {
                foreach (object value in (IList)field.Accessor.GetValue(message))
                {
                    Field(field, value, depth);
                }
            }
        }
    }

    private void Field(FieldDescriptor field, object value, int depth)
    {
        Indent(depth);
        text.Write(field.Name);
        if (value is IMessage nested)
        {
            Block(nested, depth);
        }
        else
        {
            text.Write(": ");
            text.Write(Scalar(field, value));
            text.Write('\n');
        }
    }

    // Blob data: the numbers are neither boxed nor turned into strings.
    private void Floats(FieldDescriptor field, RepeatedField<float> values, int depth)
    {
        string start = $"{new string(' ', depth * 2)}{field.Name}: ";
        foreach (float value in values)
        {
            text.Write(start);
            if (float.IsFinite(value) && value.TryFormat(digits, out int length, "R", CultureInfo.InvariantCulture))
            {
                text.Write(digits, 0, length);
            }
            else
            {
                text.Write(ScalarText.Print(value, isSingle: true));
            }

            text.Write('\n');
        }
    }

    private void Block(IMessage message, int depth)
    {
        text.Write(" {\n");
        Fields(message, depth + 1);
        Indent(depth);
        text.Write("}\n");
    }

    private void Indent(int depth)
    {
        for (int i = 0; i < depth; i++)
        {
            text.Write("  ");
        }
    }

    private static string Scalar(FieldDescriptor field, object value) => value switch
    {
        bool b => b ? "true" : "false",
        float f => ScalarText.Print(f, isSingle: true),
        double d => ScalarText.Print(d, isSingle: false),
        string s => StringText.Quote(ByteText.Encode(s), isText: true),
        ByteString b => StringText.Quote(b.Span, isText: false),
        _ when field.FieldType == FieldType.Enum =>
            field.EnumType.FindValueByNumber((int)value)?.Name ?? ((int)value).ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
