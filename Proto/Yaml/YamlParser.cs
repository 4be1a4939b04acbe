using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using YamlDotNet.Core;

namespace Cnn.Proto;

/// <summary>Reads one message of any type from YAML, with the names and meaning of prototxt.</summary>
internal sealed class YamlParser(string text, string file, SourceMap sources)
{
    private const int MaxErrors = 50;

    // Aliases of aliases can stand for more than any memory holds.
    private const int MaxNodes = 20_000_000;

    private readonly List<Diagnostic> errors = [];
    private string[]? lines;
    private int nodes;

    public IReadOnlyList<Diagnostic> Errors => errors;

    public IMessage Parse(MessageDescriptor descriptor)
    {
        YamlNode? root = YamlTree.Read(text, (at, message, hint) => Report((int)at.Line, (int)at.Column, message, hint));
        if (errors.Count > 0 || root is null or YamlScalar { IsNull: true })
        {
            return Create(descriptor);
        }

        return root is YamlMap map ? Message(descriptor, map) : Fail(root, TextMessages.Expected("a map of fields", Found(root)));

        IMessage Fail(YamlNode at, string message)
        {
            Report(at, message);
            return Create(descriptor);
        }
    }

    private static IMessage Create(MessageDescriptor type) => (IMessage)Activator.CreateInstance(type.ClrType)!;

    private IMessage Message(MessageDescriptor type, YamlMap map)
    {
        IMessage message = Create(type);
        sources.Record(message, Location(map));
        if (message is PluginParameter block)
        {
            foreach (var (key, value) in Merged(map))
            {
                AddOption(block, key, value);
            }

            return message;
        }

        foreach (var (key, value) in Merged(map))
        {
            FieldDescriptor? field = type.FindFieldByName(key.Value);
            if (field is null)
            {
                Report(key, TextMessages.UnknownField(key.Value, type), Suggestion.For(key.Value, type.Fields.InDeclarationOrder().Select(f => f.Name)));
            }
            else if (field.RealContainingOneof is { } group && group.Accessor.GetCaseFieldDescriptor(message) is not null)
            {
                Report(key, TextMessages.OneOfGivenTwice(field.Name, group.Name));
            }
            else
            {
                Field(message, field, key, value);
            }
        }

        foreach (FieldDescriptor field in type.Fields.InDeclarationOrder())
        {
            if (field.IsRequired && !field.Accessor.HasValue(message))
            {
                Report(map, TextMessages.MissingRequired(field.Name, type));
            }
        }

        return message;
    }

    // The map's own entries, then those of the maps that merge keys name, each key once.
    private List<(YamlScalar Key, YamlNode Value)> Merged(YamlMap map)
    {
        var entries = new List<(YamlScalar, YamlNode)>();
        var seen = new HashSet<string>();
        foreach (var (key, value) in map.Entries)
        {
            if (key is { IsPlain: true, Value: "<<" })
            {
                continue;
            }

            if (seen.Add(key.Value))
            {
                entries.Add((key, value));
            }
            else
            {
                Report(key, $"key '{key.Value}' is given twice", "write a repeated field as a list");
            }
        }

        foreach (var (key, value) in map.Entries)
        {
            if (key is { IsPlain: true, Value: "<<" })
            {
                Merge(key, value, entries, seen);
            }
        }

        return entries;
    }

    private void Merge(YamlScalar key, YamlNode value, List<(YamlScalar Key, YamlNode Value)> entries, HashSet<string> seen)
    {
        foreach (YamlNode source in value is YamlList list ? list.Items : [value])
        {
            if (!Count(source))
            {
                return;
            }

            if (source is not YamlMap merged)
            {
                Report(key, TextMessages.Expected("a map or a list of maps after '<<'", Found(source)));
                continue;
            }

            foreach (var entry in Merged(merged))
            {
                if (seen.Add(entry.Key.Value))
                {
                    entries.Add(entry);
                }
            }
        }
    }

    private void Field(IMessage message, FieldDescriptor field, YamlScalar key, YamlNode node)
    {
        if (!field.IsRepeated)
        {
            if (Value(field, node) is { } value)
            {
                sources.Record(message, field.FieldNumber, 0, Location(field.FieldType == FieldType.Message ? key : node));
                field.Accessor.SetValue(message, value);
            }

            return;
        }

        var values = (IList)field.Accessor.GetValue(message);
        foreach (YamlNode item in node is YamlList list ? list.Items : [node])
        {
            if (errors.Count > MaxErrors || Value(field, item) is not { } value)
            {
                continue;
            }

            if (values.Count == 0 || field.FieldType is FieldType.Message or FieldType.String)
            {
                sources.Record(message, field.FieldNumber, values.Count, Location(item));
            }

            values.Add(value);
        }
    }

    private object? Value(FieldDescriptor field, YamlNode node)
    {
        if (!Count(node))
        {
            return null;
        }

        if (field.FieldType == FieldType.Message)
        {
            if (node is YamlMap map)
            {
                return Message(field.MessageType, map);
            }

            if (node is YamlScalar { IsNull: true })
            {
                return Message(field.MessageType, new YamlMap(node.Line, node.Column));
            }

            Report(node, TextMessages.Expected($"a map for '{field.Name}', a {field.MessageType.Name}", Found(node)));
            return null;
        }

        if (node is not YamlScalar scalar)
        {
            Report(node, TextMessages.Expected($"{TextMessages.TypeName(field)} for '{field.Name}'", Found(node)));
            return null;
        }

        return field.FieldType switch
        {
            FieldType.String => scalar.Value,
            FieldType.Bytes => Bytes(scalar),
            _ => Scalar(field, scalar),
        };
    }

    private object? Scalar(FieldDescriptor field, YamlScalar scalar)
    {
        // YAML's own spellings of what prototxt writes inf and nan.
        string word = scalar.Value switch
        {
            ".inf" or ".Inf" or ".INF" or "+.inf" => "inf",
            "-.inf" or "-.Inf" or "-.INF" => "-inf",
            ".nan" or ".NaN" or ".NAN" => "nan",
            _ => scalar.Value,
        };
        if (ScalarText.TryParse(field, word, out object? value, out var problem))
        {
            return value;
        }

        Report(scalar, problem.Message, problem.Hint);
        return null;
    }

    private ByteString? Bytes(YamlScalar scalar)
    {
        if (!scalar.IsBinary)
        {
            return ByteString.CopyFromUtf8(scalar.Value);
        }

        var bytes = new byte[scalar.Value.Length];
        if (Convert.TryFromBase64String(scalar.Value, bytes, out int length))
        {
            return ByteString.CopyFrom(bytes, 0, length);
        }

        Report(scalar, "the value is not base64, as !!binary says");
        return null;
    }

    private void AddOption(PluginParameter block, YamlScalar key, YamlNode node)
    {
        var option = new PluginOption { Name = key.Value };
        sources.Record(option, Location(key));
        block.Option.Add(option);
        foreach (YamlNode item in node is YamlList list ? list.Items : [node])
        {
            var value = new PluginValue();
            if (!Count(item))
            {
                return;
            }

            switch (item)
            {
                case YamlMap map:
                    value.Block = (PluginParameter)Message(PluginParameter.Descriptor, map);
                    break;
                case YamlScalar { IsPlain: true } scalar:
                    value.Scalar = scalar.Value;
                    break;
                case YamlScalar scalar:
                    value.Text = scalar.Value;
                    break;
                default:
                    Report(item, TextMessages.Expected($"a value for '{key.Value}'", Found(item)));
                    continue;
            }

            sources.Record(value, Location(item));
            option.Value.Add(value);
        }
    }

    private bool Count(YamlNode at)
    {
        if (++nodes == MaxNodes)
        {
            Report(at, $"the aliases stand for more than {MaxNodes} values");
        }

        return nodes < MaxNodes;
    }

    private static string Found(YamlNode node) => node switch
    {
        YamlScalar { IsNull: true } => "nothing",
        YamlScalar scalar => scalar.Value.Length > 40 ? $"'{scalar.Value[..40]}...'" : $"'{scalar.Value}'",
        YamlList => "a list",
        _ => "a map",
    };

    private void Report(YamlNode at, string message, string? hint = null) => Report(at.Line, at.Column, message, hint);

    private void Report(int line, int column, string message, string? hint)
    {
        if (errors.Count < MaxErrors)
        {
            errors.Add(new Diagnostic(message, Location(line, column), hint));
        }
        else if (errors.Count == MaxErrors)
        {
            errors.Add(new Diagnostic(TextMessages.TooManyErrors, Location(line, column)));
        }
    }

    private SourceLocation Location(YamlNode node) => Location(node.Line, node.Column);

    private SourceLocation Location(int line, int column)
    {
        lines ??= text.Split('\n');
        string? shown = line >= 1 && line <= lines.Length ? lines[line - 1].TrimEnd('\r') : null;
        return new SourceLocation(file, line, column, shown);
    }
}
