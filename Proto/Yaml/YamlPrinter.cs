using System.Collections;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// Writes a message as YAML: maps in block style, short lists of scalars in brackets, a list of one scalar as the
/// scalar alone.
/// </summary>
internal sealed class YamlPrinter
{
    private const int Width = 100;

    private readonly StringBuilder text = new();

    public static string Print(IMessage message)
    {
        var printer = new YamlPrinter();
        var fields = Fields(message);
        if (fields.Count == 0)
        {
            return "{}\n";
        }

        printer.Map(fields, 0);
        return printer.text.ToString();
    }

    // Returns what a map shows: names, and values that are a message or an already formatted scalar.
    private static List<(string Name, bool IsList, List<object> Values)> Fields(IMessage message)
    {
        if (message is PluginParameter block)
        {
            return Options(block.Option);
        }

        var fields = new List<(string, bool, List<object>)>();
        foreach (FieldDescriptor field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (FieldNames.IsForeign(field))
            {
                fields.AddRange(Options(((LayerParameter)message).ForeignBlock));
            }
            else if (field.IsRepeated && field.Accessor.GetValue(message) is IList { Count: > 0 } list)
            {
                var values = list.Cast<object>().Select(v => v is IMessage ? v : Scalar(field, v));
                fields.Add((field.Name, true, [.. values]));
            }
            else if (!field.IsRepeated && field.Accessor.HasValue(message))
            {
                object value = field.Accessor.GetValue(message);
                fields.Add((field.Name, false, [value is IMessage ? value : Scalar(field, value)]));
            }
        }

        return fields;
    }

    private static List<(string Name, bool IsList, List<object> Values)> Options(IEnumerable<PluginOption> options) =>
    [
        .. from option in options
           group option by option.Name into same
           let values = same.SelectMany(o => o.Value).Select(OptionValue).ToList()
           select (YamlString.Print(same.Key), values.Count != 1, values),
    ];

    private static object OptionValue(PluginValue value) => value.KindCase switch
    {
        PluginValue.KindOneofCase.Block => value.Block,
        PluginValue.KindOneofCase.Scalar => YamlScalar.FromWord(value.Scalar) ?? YamlString.Quote(value.Scalar),
        _ => YamlString.Quote(value.Text),
    };

    private static string Scalar(FieldDescriptor field, object value) => value switch
    {
        bool b => b ? "true" : "false",
        float f => YamlNumber.Print(f, isSingle: true),
        double d => YamlNumber.Print(d, isSingle: false),
        string s => YamlString.Print(s),
        ByteString b => $"!!binary \"{b.ToBase64()}\"",
        _ when field.FieldType == FieldType.Enum =>
            field.EnumType.FindValueByNumber((int)value)?.Name ?? ((int)value).ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private void Map(List<(string Name, bool IsList, List<object> Values)> fields, int indent)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            // The first name of a map in a list stands beside the dash.
            if (i > 0 || text.Length == 0 || text[^1] == '\n')
            {
                text.Append(' ', indent);
            }

            (string name, bool isList, List<object> values) = fields[i];
            text.Append(name).Append(':');
            if (values.Count == 0)
            {
                text.Append(" []\n");
            }
            else if (values[0] is string first && values.Count == 1)
            {
                text.Append(' ').Append(first).Append('\n');
            }
            else if (values.TrueForAll(v => v is string))
            {
                Scalars(values, indent, name.Length + 1);
            }
            else if (!isList)
            {
                Block((IMessage)values[0], indent + 2, "\n");
            }
            else
            {
                Items(values, indent);
            }
        }
    }

    private void Block(IMessage message, int indent, string before)
    {
        var fields = Fields(message);
        if (fields.Count == 0)
        {
            text.Append(" {}\n");
            return;
        }

        text.Append(before);
        Map(fields, indent);
    }

    private void Items(List<object> values, int indent)
    {
        text.Append('\n');
        foreach (object value in values)
        {
            text.Append(' ', indent).Append('-');
            if (value is IMessage message)
            {
                Block(message, indent + 2, " ");
            }
            else
            {
                text.Append(' ').Append((string)value).Append('\n');
            }
        }
    }

    // Prints on one line if it fits, else on filled lines: a million weights should be neither one line nor a million.
    private void Scalars(List<object> values, int indent, int column)
    {
        int length = indent + column + 3 + values.Sum(v => ((string)v).Length + 2);
        bool isOneLine = length <= Width;
        text.Append(" [");
        int used = Width;
        for (int i = 0; i < values.Count; i++)
        {
            var value = (string)values[i];
            if (i > 0)
            {
                text.Append(',');
            }

            if (!isOneLine && used + value.Length + 2 > Width)
            {
                text.Append('\n').Append(' ', indent + 2);
                used = indent + 2;
            }
            else if (i > 0)
            {
                text.Append(' ');
            }

            text.Append(value);
            used += value.Length + 2;
        }

        text.Append("]\n");
    }
}
