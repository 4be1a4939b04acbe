using System.Collections;
using System.Text;
using Cnn.Proto.Forks;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using YamlDotNet.Core;

namespace Cnn.Proto;

/// <summary>
/// Reads messages from nodes. After a mistake it continues with the next value, so that all mistakes of a file are
/// reported at once.
/// </summary>
internal sealed partial class YamlBinder
{
    private readonly YamlPlaces places;
    private readonly SourceMap sources;
    private readonly YamlMerge merge;
    private readonly IgnoredHints ignored;
    private readonly YamlIncludes? includes;
    private readonly YamlBudget budget;

    // Whether mistakes in sources of data are kept for those who use the sources, rather than reported at once.
    private readonly bool postpones;

    /// <param name="places">The text.</param>
    /// <param name="sources">Receives the places of messages and fields.</param>
    /// <param name="nodes">How many nodes are written; what aliases may expand to beyond them is limited.</param>
    /// <param name="ignored">Counts the fields of forks that are ignored; null to discard them.</param>
    /// <param name="includes">Opens files that the text includes; null where it cannot include any.</param>
    public YamlBinder(
        YamlPlaces places,
        SourceMap sources,
        int nodes,
        IgnoredHints? ignored = null,
        YamlIncludes? includes = null)
    {
        this.includes = includes;
        this.ignored = ignored ?? new IgnoredHints();
        postpones = ignored is not null;
        this.places = places;
        this.sources = sources;
        budget = new YamlBudget(nodes);
        merge = new YamlMerge(places, Spend);
    }

    // Reads a file that another includes; what limits one file limits all together.
    private YamlBinder(YamlPlaces places, YamlBinder includer)
    {
        (this.places, sources, ignored, postpones) = (places, includer.sources, includer.ignored, includer.postpones);
        (includes, budget) = (includer.includes, includer.budget);
        merge = new YamlMerge(places, Spend);
    }

    /// <summary>Reads the message of the root; an empty document is an empty message.</summary>
    public IMessage Bind(MessageDescriptor type, YamlNode? root)
    {
        IMessage message = Create(type);
        sources.Record(message, places.At(root?.At ?? new Mark(0, 1, 1)));
        if (root is null || root.IsNull)
        {
            RequireFields(message, root?.At ?? new Mark(0, 1, 1));
        }
        else if (root.Kind != YamlKind.Map)
        {
            places.Report(root.At, TextMessages.Expected($"a map, the {type.Name}", root.Describe()));
        }
        else if (includes is not null && message is NetParameter or SolverParameter)
        {
            WholeFile(message, root);
        }
        else
        {
            Fields(message, root, 0);
        }

        return message;
    }

    private static IMessage Create(MessageDescriptor type) => (IMessage)Activator.CreateInstance(type.ClrType)!;

    private bool Spend(YamlNode node)
    {
        if (!budget.Spend())
        {
            places.GiveUp(node.At, YamlMessages.TooMuchExpanded(YamlBudget.MaxExpanded));
        }

        return !places.GivenUp;
    }

    private void Fields(IMessage message, YamlNode map, int depth)
    {
        if (depth > YamlComposer.MaxDepth)
        {
            places.GiveUp(map.At, TextMessages.TooDeep(YamlComposer.MaxDepth));
            return;
        }

        Fields(message, map, merge.Flatten(map), depth);
    }

    private void Fields(IMessage message, YamlNode map, List<(YamlNode Key, YamlNode Value)> entries, int depth)
    {
        bool takesForeign = message is LayerParameter && IsForeignType(entries);
        foreach ((YamlNode key, YamlNode value) in entries)
        {
            if (places.GivenUp)
            {
                return;
            }

            if (message is PluginParameter block)
            {
                Option(block, key, value, depth);
            }
            else
            {
                Field(message, key, value, depth, takesForeign);
            }
        }

        RequireFields(message, map.At);
    }

    private void Field(IMessage message, YamlNode key, YamlNode value, int depth, bool takesForeign)
    {
        FieldDescriptor? field = FieldNames.Find(message.Descriptor, key.Text);
        if (field is null)
        {
            UnknownField(message, key, value, depth, takesForeign);
            return;
        }

        if (field.RealContainingOneof?.Accessor.GetCaseFieldDescriptor(message) is { } other)
        {
            places.Report(key.At, TextMessages.OneOfGivenTwice(field.Name, other.Name));
        }

        if (value.Kind != YamlKind.List)
        {
            Value(message, field, key, value, depth);
            return;
        }

        if (!field.IsRepeated)
        {
            places.Report(value.At, TextMessages.NotRepeated(field.Name));
            return;
        }

        foreach (YamlNode item in value.Items)
        {
            if (item.Kind == YamlKind.List)
            {
                places.Report(item.At, YamlMessages.NestedList);
            }
            else if (!places.GivenUp)
            {
                Value(message, field, item, item, depth);
            }
        }
    }

    private void Value(IMessage message, FieldDescriptor field, YamlNode at, YamlNode node, int depth)
    {
        if (!Spend(node))
        {
            return;
        }

        object? value = field.FieldType switch
        {
            FieldType.Message => Message(message, field, node, depth),
            FieldType.String => Words(field, node),
            FieldType.Bytes => Bytes(field, node),
            _ => Scalar(message, field, node),
        };
        if (value is null)
        {
            return;
        }

        SourceLocation place = places.At(value is IMessage ? at.At : node.At);
        if (value is IMessage nested)
        {
            sources.Record(nested, place);
        }

        if (!field.IsRepeated)
        {
            sources.Record(message, field.FieldNumber, 0, place);
            field.Accessor.SetValue(message, value);
            return;
        }

        if (IsOneLayerTooMany(field))
        {
            places.GiveUp(node.At, YamlIncludeMessages.TooManyLayers(YamlIncludes.MaxLayers));
            return;
        }

        var list = (IList)field.Accessor.GetValue(message);
        if (list.Count == 0 || value is IMessage or string)
        {
            sources.Record(message, field.FieldNumber, list.Count, place);
        }

        list.Add(value);
    }

    // Returns null where there is no message: after a mistake, and for layers of another file, which are added by now.
    private IMessage? Message(IMessage parent, FieldDescriptor field, YamlNode node, int depth)
    {
        if (node.Kind != YamlKind.Map && !node.IsNull)
        {
            Wrong(field, node);
            return null;
        }

        IMessage message = Create(field.MessageType);
        if (node.Kind != YamlKind.Map)
        {
            // `relu_param:` with nothing after it is the block with all its defaults.
            RequireFields(message, node.At);
        }
        else if (TakesFiles(field))
        {
            List<(YamlNode Key, YamlNode Value)> entries = merge.Flatten(node);
            if (IncludedFile(entries) is { } file)
            {
                IncludeLayers(parent, field, file, entries, depth);
                return null;
            }

            Fields(message, node, entries, depth + 1);
        }
        else
        {
            Fields(message, node, depth + 1);
        }

        return message;
    }

    private string? Words(FieldDescriptor field, YamlNode node)
    {
        if (node.Kind != YamlKind.Scalar || (node.IsPlain && node.Text.Length == 0 && node.Tag != YamlTags.Text)
            || node.Tag == YamlTags.Binary)
        {
            Wrong(field, node, node.Kind == YamlKind.Scalar ? "write \"\" for empty text" : null);
            return null;
        }

        // Text with half a surrogate pair has no UTF-8 form, so no other program could read it.
        return IsUnicode(node.Text) ? node.Text : Report("the text is not Unicode: half of a surrogate pair");

        string? Report(string message)
        {
            places.Report(node.At, message);
            return null;
        }
    }

    private static bool IsUnicode(ReadOnlySpan<char> text)
    {
        for (int i = text.IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text[i..], out _, out int used) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            i += used;
        }

        return true;
    }

    private object? Bytes(FieldDescriptor field, YamlNode node)
    {
        if (node.Tag != YamlTags.Binary)
        {
            return Words(field, node) is { } text ? ByteString.CopyFromUtf8(text) : null;
        }

        try
        {
            return ByteString.CopyFrom(Convert.FromBase64String(node.Text));
        }
        catch (FormatException)
        {
            places.Report(node.At, YamlMessages.NotBase64);
            return null;
        }
    }

    private object? Scalar(IMessage message, FieldDescriptor field, YamlNode node)
    {
        if (node.Kind != YamlKind.Scalar || node.Tag is YamlTags.Text or YamlTags.Binary || node.IsNull)
        {
            Wrong(field, node);
            return null;
        }

        if (!node.IsPlain && node.Tag is null)
        {
            Wrong(field, node, YamlMessages.ScalarHint);
            return null;
        }

        bool isNumber = field.FieldType is not (FieldType.Bool or FieldType.Enum);
        if (YamlScalar.ToWord(node.Text, isNumber) is not { } word)
        {
            (string text, string? hint) = ScalarText.Problem(field, "", node.Text);
            places.Report(node.At, text, hint ?? YamlMessages.NumberHint(node.Text));
            return null;
        }

        if (ScalarText.TryParse(field, word, out object? value, out _))
        {
            return value;
        }

        if (IgnoredFields.HasValue(field, word))
        {
            ignored.Add(field.Name, places.At(node.At));
            return null;
        }

        var problem = ScalarText.Problem(field, word, node.Text);
        ReportOfFork(message, node.At, problem.Message, problem.Hint, ForkMessages.IsOfFork(field, word));
        return null;
    }

    private void Wrong(FieldDescriptor field, YamlNode node, string? hint = null) => places.Report(
        node.At, TextMessages.Expected($"{YamlMessages.TypeName(field)} for '{field.Name}'", node.Describe()), hint);

    private void Option(PluginParameter block, YamlNode key, YamlNode value, int depth)
    {
        if (OptionOf(key, value, depth) is { } option)
        {
            block.Option.Add(option);
        }

        if (!YamlScalar.IsName(key.Text))
        {
            places.Report(key.At, TextMessages.Expected("the name of an option", key.Describe()));
        }
    }

    // Returns null when there is too much to read.
    private PluginOption? OptionOf(YamlNode key, YamlNode value, int depth)
    {
        var option = new PluginOption { Name = key.Text };
        sources.Record(option, places.At(key.At));
        foreach (YamlNode item in value.Kind == YamlKind.List ? value.Items : [value])
        {
            if (!Spend(item))
            {
                return null;
            }

            if (OptionValue(item, depth) is { } read)
            {
                sources.Record(read, places.At(item.At));
                option.Value.Add(read);
            }
        }

        return option;
    }

    private PluginValue? OptionValue(YamlNode node, int depth)
    {
        switch (node.Kind)
        {
            case YamlKind.List:
                places.Report(node.At, YamlMessages.NestedList);
                return null;
            case YamlKind.Map:
                var block = new PluginParameter();
                sources.Record(block, places.At(node.At));
                Fields(block, node, depth + 1);
                return new PluginValue { Block = block };
            default:
                if (node.IsNull && node.Text.Length == 0)
                {
                    places.Report(node.At, TextMessages.Expected("a value", "nothing"));
                    return null;
                }

                return node.IsPlain && node.Tag != YamlTags.Text && YamlScalar.ToOption(node.Text) is { } word
                    ? new PluginValue { Scalar = word }
                    : new PluginValue { Text = node.Text };
        }
    }

    private void RequireFields(IMessage message, Mark at)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.IsRequired && !field.Accessor.HasValue(message))
            {
                places.Report(at, TextMessages.MissingRequired(field.Name, message.Descriptor));
            }
        }
    }
}
