using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Cnn.Proto;

/// <summary>Writes a message as YAML through YamlDotNet's emitter.</summary>
internal sealed class YamlPrinter
{
    private readonly Emitter emitter;

    private YamlPrinter(Emitter emitter) => this.emitter = emitter;

    public static string Print(IMessage message)
    {
        var writer = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(writer, new EmitterSettings(2, int.MaxValue, false, 1024));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        new YamlPrinter(emitter).Message(message);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return writer.ToString();
    }

    private void Message(IMessage message)
    {
        emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, true, MappingStyle.Block));
        if (message is PluginParameter block)
        {
            foreach (PluginOption option in block.Option)
            {
                Text(option.Name);
                Items(option.Value, isFlow: option.Value.All(v => v.Block is null), Option);
            }
        }
        else
        {
            foreach (FieldDescriptor field in message.Descriptor.Fields.InFieldNumberOrder())
            {
                Field(field, message);
            }
        }

        emitter.Emit(new MappingEnd());
    }

    private void Field(FieldDescriptor field, IMessage message)
    {
        object value = field.Accessor.GetValue(message);
        if (field.IsRepeated)
        {
            var values = ((IList)value).Cast<object>().ToList();
            if (values.Count > 0)
            {
                Plain(field.Name);
                Items(values, isFlow: field.FieldType != FieldType.Message, item => Value(field, item));
            }
        }
        else if (field.Accessor.HasValue(message))
        {
            Plain(field.Name);
            Value(field, value);
        }
    }

    private void Items<T>(IReadOnlyList<T> values, bool isFlow, Action<T> write)
    {
        if (values.Count == 1)
        {
            write(values[0]);
            return;
        }

        SequenceStyle style = isFlow ? SequenceStyle.Flow : SequenceStyle.Block;
        emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, true, style));
        foreach (T value in values)
        {
            write(value);
        }

        emitter.Emit(new SequenceEnd());
    }

    private void Value(FieldDescriptor field, object value)
    {
        switch (value)
        {
            case IMessage nested:
                Message(nested);
                break;
            case string text:
                Text(text);
                break;
            case ByteString bytes:
                emitter.Emit(new Scalar(
                    AnchorName.Empty, new TagName("tag:yaml.org,2002:binary"), bytes.ToBase64(), ScalarStyle.DoubleQuoted, false, false));
                break;
            case bool b:
                Plain(b ? "true" : "false");
                break;
            case float f:
                Plain(Number(ScalarText.Print(f, isSingle: true)));
                break;
            case double d:
                Plain(Number(ScalarText.Print(d, isSingle: false)));
                break;
            default:
                Plain(field.FieldType == FieldType.Enum && field.EnumType.FindValueByNumber((int)value) is { } named
                    ? named.Name
                    : Convert.ToString(value is Enum ? (int)value : value, CultureInfo.InvariantCulture)!);
                break;
        }
    }

    private void Option(PluginValue value)
    {
        switch (value.KindCase)
        {
            case PluginValue.KindOneofCase.Block:
                Message(value.Block);
                break;
            case PluginValue.KindOneofCase.Text:
                emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, value.Text, ScalarStyle.DoubleQuoted, false, true));
                break;
            default:
                Plain(value.Scalar);
                break;
        }
    }

    private static string Number(string text) => text switch { "inf" => ".inf", "-inf" => "-.inf", "nan" => ".nan", _ => text };

    // Whatever a reader could take for something else, or could not read back, is quoted.
    private void Text(string text)
    {
        bool isWord = text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '/' or '.' or '-')
            && char.IsAsciiLetter(text[0]) && text is not ("null" or "true" or "false" or "yes" or "no" or "on" or "off" or "inf" or "nan");
        emitter.Emit(new Scalar(
            AnchorName.Empty, TagName.Empty, text, isWord ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted, isWord, !isWord));
    }

    private void Plain(string text) =>
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, ScalarStyle.Plain, true, false));
}
