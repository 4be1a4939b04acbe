using System.Collections;
using System.Globalization;
using Cnn.Proto;
using Cnn.Proto.Forks;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Layers.Plugins;

/// <summary>
/// Makes the block of options that a type claims by its name, <c>permute2_param { ... }</c>, its <c>plugin_param</c>.
/// </summary>
internal static class ForeignOptions
{
    /// <summary>Takes the block that the type claims.</summary>
    /// <param name="context">The layer; its definition is changed.</param>
    /// <param name="name">The name that the type claims; null for none.</param>
    /// <exception cref="CnnException">
    /// The layer has blocks that nobody knows, the same block twice, or <c>plugin_param</c> besides.
    /// </exception>
    public static void Take(LayerContext context, string? name)
    {
        LayerParameter layer = context.Parameter;
        Diagnostic[] problems = [.. Unknown(layer, name, context.Sources)];
        if (problems.Length > 0)
        {
            throw new CnnException(problems);
        }

        if (name is null)
        {
            return;
        }

        PluginParameter? block = layer.ForeignBlock.Count > 0
            ? OnlyBlock(context, layer.ForeignBlock[0])
            : FieldNames.Find(LayerParameter.Descriptor, name) is { FieldType: FieldType.Message } known
                && known.Accessor.GetValue(layer) is IMessage message
                ? FreeForm(message, context.Sources)
                : null;
        if (block is null || block == layer.PluginParam)
        {
            return;
        }

        if (layer.PluginParam is { } other)
        {
            throw context.Error(
                other, 0, $"plugin_param cannot be given beside {name}", "they are names of the same block");
        }

        layer.PluginParam = block;
        layer.ForeignBlock.Clear();
    }

    /// <summary>
    /// Returns the mistakes that a layer's blocks would be if the text were read knowing the types.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="name">The name that its type claims; null for none.</param>
    /// <param name="sources">Where the layer was written.</param>
    public static IEnumerable<Diagnostic> Unknown(LayerParameter layer, string? name, SourceMap sources) =>
        from block in layer.ForeignBlock
        where block.Name != name
        let problem = ForkMessages.UnknownField(block.Name, LayerParameter.Descriptor)
        select new Diagnostic(problem.Message, sources.Find(block) ?? sources.Find(layer), problem.Hint);

    private static PluginParameter OnlyBlock(LayerContext context, PluginOption option) =>
        context.Parameter.ForeignBlock.Count == 1 && option.Value is [{ Block: { } block }]
            ? block
            : throw context.Error(option, 0, $"{option.Name} is given more than once", "give one block");

    // A block of a name that the schema knows has been read as its message; the type binds the same words.
    private static PluginParameter FreeForm(IMessage message, SourceMap sources)
    {
        if (message is PluginParameter block)
        {
            return block;
        }

        var freeForm = new PluginParameter();
        foreach (FieldDescriptor field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            object? value = field.Accessor.GetValue(message);
            object[] values = field.IsRepeated ? [.. ((IList)value).Cast<object>()]
                : field.Accessor.HasValue(message) ? [value]
                : [];
            if (values.Length == 0)
            {
                continue;
            }

            var option = new PluginOption { Name = field.Name };
            option.Value.Add(values.Select(v => Value(field, v, sources)));
            if (sources.Find(message, field.FieldNumber) is { } at)
            {
                sources.Record(option, at);
                foreach (PluginValue each in option.Value)
                {
                    sources.Record(each, at);
                }
            }

            freeForm.Option.Add(option);
        }

        return freeForm;
    }

    private static PluginValue Value(FieldDescriptor field, object value, SourceMap sources) => value switch
    {
        IMessage nested => new PluginValue { Block = FreeForm(nested, sources) },
        string text => new PluginValue { Text = text },
        ByteString bytes => new PluginValue { Text = bytes.ToStringUtf8() },
        bool flag => new PluginValue { Scalar = flag ? "true" : "false" },
        _ when field.FieldType == FieldType.Enum => new PluginValue
        {
            Scalar = field.EnumType.FindValueByNumber((int)value)?.Name ?? $"{(int)value}",
        },
        _ => new PluginValue { Scalar = Convert.ToString(value, CultureInfo.InvariantCulture)! },
    };
}
