using System.Globalization;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Engine.Import.Onnx;

/// <summary>
/// Operators of the domain <c>cnn</c>, which are layers of their types: inputs are the bottoms and then the parameters,
/// attributes the options, those of a plug-in as one text, and the file tells the shapes of the tops.
/// </summary>
internal static class CustomImport
{
    private const string PluginOptions = "plugin_param";

    /// <summary>Adds a layer.</summary>
    public static void Add(NodeImport node)
    {
        string type = node.Node.OpType;
        FieldDescriptor? own = SchemaTypes.OptionsOf(type);
        ImportedValue[] inputs = [.. Enumerable.Range(0, node.InputCount).Select(node.In)];
        int bottoms = Array.FindIndex(inputs, i => IsParameter(node, i)) is >= 0 and var first ? first : inputs.Length;
        int[][] shapes = [.. node.Node.Output.Select(node.Declared)];
        ImportedValue[] tops = node.Add(
            type,
            inputs.AsSpan(0, bottoms),
            shapes,
            layer =>
            {
                foreach (AttributeProto attribute in node.Node.Attribute)
                {
                    if (attribute.Name == PluginOptions)
                    {
                        layer.PluginParam = Block(node, attribute.S.ToStringUtf8());
                    }
                    else
                    {
                        Set(node, own is null ? null : Options(layer, own), attribute);
                    }
                }
            },
            [.. inputs[bottoms..].Select(i => NodeImport.Weight(Known(node, i)))]);
        for (int i = 0; i < tops.Length; i++)
        {
            node.Out(tops[i], i);
        }
    }

    // The node has the layer's name, and its parameters are called layer.weight and so on.
    private static bool IsParameter(NodeImport node, ImportedValue value) =>
        value.Constant?.Name?.StartsWith(node.Node.Name + ".", StringComparison.Ordinal) ?? false;

    private static ConstantArray Known(NodeImport node, ImportedValue value) =>
        value.Constant ?? throw node.Refusal("its parameters are computed by the net");

    private static IMessage Options(IMessage parent, FieldDescriptor field)
    {
        if (!field.Accessor.HasValue(parent))
        {
            field.Accessor.SetValue(parent, field.MessageType.Parser.ParseFrom(ByteString.Empty));
        }

        return (IMessage)field.Accessor.GetValue(parent);
    }

    private static PluginParameter Block(NodeImport node, string text)
    {
        try
        {
            return TextFormat.Parse<PluginParameter>(text, PluginOptions);
        }
        catch (CnnException exception)
        {
            throw node.Refusal($"its options are no prototxt: {exception.Diagnostics[0].Message}");
        }
    }

    private static void Set(NodeImport node, IMessage? message, AttributeProto attribute)
    {
        string[] path = attribute.Name.Split('.');
        foreach (string part in path[..^1])
        {
            FieldDescriptor? inner = message?.Descriptor.FindFieldByName(part);
            message = inner is { FieldType: FieldType.Message, IsRepeated: false } ? Options(message!, inner) : null;
        }

        FieldDescriptor field = message?.Descriptor.FindFieldByName(path[^1]) ?? throw node.Refusal(
            $"a {node.Node.OpType} layer has no option '{attribute.Name}'");
        try
        {
            if (field.IsRepeated)
            {
                var list = (System.Collections.IList)field.Accessor.GetValue(message!);
                foreach (float value in attribute.Floats)
                {
                    list.Add(Value(field, value));
                }

                foreach (long value in attribute.Ints)
                {
                    list.Add(Value(field, value));
                }
            }
            else
            {
                field.Accessor.SetValue(
                    message!,
                    attribute.HasS ? Value(field, attribute.S.ToStringUtf8())
                    : attribute.HasF ? Value(field, attribute.F)
                    : Value(field, attribute.I));
            }
        }
        catch (Exception exception) when (exception is InvalidCastException or FormatException or OverflowException
            or ArgumentException)
        {
            throw node.Refusal($"its option '{attribute.Name}' has a value that the layer does not take");
        }
    }

    private static object Value(FieldDescriptor field, object value) => field.FieldType switch
    {
        FieldType.Enum => value is string name
            ? field.EnumType.FindValueByName(name)?.Number ?? throw new FormatException()
            : throw new FormatException(),
        FieldType.Bool => Convert.ToInt64(value, CultureInfo.InvariantCulture) != 0,
        FieldType.Int32 => Convert.ToInt32(value, CultureInfo.InvariantCulture),
        FieldType.Int64 => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        FieldType.UInt32 => Convert.ToUInt32(value, CultureInfo.InvariantCulture),
        FieldType.Float => Convert.ToSingle(value, CultureInfo.InvariantCulture),
        FieldType.String => (string)value,
        _ => throw new FormatException(),
    };
}
