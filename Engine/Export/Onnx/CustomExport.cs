using System.Globalization;
using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Engine.Export.Onnx;

/// <summary>
/// Layers that ONNX cannot express, as operators of the domain <c>cnn</c>: the operator is the layer type, its inputs
/// the bottoms and then the parameters, its attributes the fields that the definition gives; the options of a plug-in
/// are one attribute, as text. Whoever runs the file implements them.
/// </summary>
internal static class CustomExport
{
    /// <summary>Adds a layer.</summary>
    public static void Add(LayerExport layer)
    {
        string[] inputs =
        [
            .. Enumerable.Range(0, layer.Layer.BottomList.Count).Select(layer.In),
            .. Enumerable.Range(0, layer.Layer.Parameters.Count).Select(i => layer.Weight(i)),
        ];
        string[] outputs =
            [.. layer.Layer.TopNameList.Select(_ => layer.Graph.Unique($"{layer.Layer.Name}/{layer.Layer.Type}"))];
        (string, object)[] attributes =
        [
            .. LayerParameter.Descriptor.Fields.InDeclarationOrder()
                .Where(f => f.FieldType == FieldType.Message && !f.IsRepeated
                    && f.Name.EndsWith("_param", StringComparison.Ordinal))
                .Select(f => f.Accessor.GetValue(layer.Definition)).OfType<IMessage>()
                .SelectMany(m => m is PluginParameter options ? Block(options) : Fields(layer, "", m)),
        ];
        layer.Graph.Add(layer.Layer.Type, inputs, outputs, attributes, OnnxGraph.CustomDomain);
        for (int i = 0; i < outputs.Length; i++)
        {
            layer.Top(outputs[i], i);
        }
    }

    private static IEnumerable<(string, object)> Block(PluginParameter options) =>
        [("plugin_param", TextFormat.Print(options))];

    private static IEnumerable<(string, object)> Fields(LayerExport layer, string prefix, IMessage message)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            string name = prefix + field.Name;
            object value = field.Accessor.GetValue(message);
            if (field.IsRepeated)
            {
                object[] items = [.. ((System.Collections.IList)value).Cast<object>()];
                if (items.Length > 0 && field.FieldType == FieldType.Float)
                {
                    yield return (name, items.Cast<float>().ToArray());
                }
                else if (items.Length > 0 && Whole(field, items[0]) is not null)
                {
                    yield return (name, items.Select(i => Whole(field, i)!.Value).ToArray());
                }
                else if (items.Length > 0)
                {
                    throw layer.Refusal($"{name} has several values that are no numbers", message, field.FieldNumber);
                }
            }
            else if (field.FieldType == FieldType.Message)
            {
                foreach (var nested in value is IMessage inner ? Fields(layer, name + ".", inner) : [])
                {
                    yield return nested;
                }
            }
            else if (field.Accessor.HasValue(message))
            {
                yield return (name, field.FieldType == FieldType.Enum
                    ? field.EnumType.FindValueByNumber((int)value)?.Name ?? ""
                    : value is float or string ? value
                    : Whole(field, value) is { } whole ? whole
                    : Convert.ToString(value, CultureInfo.InvariantCulture)!);
            }
        }
    }

    private static long? Whole(FieldDescriptor field, object value) => field.FieldType switch
    {
        FieldType.Bool => (bool)value ? 1 : 0,
        FieldType.Int32 or FieldType.Int64 or FieldType.UInt32 =>
            Convert.ToInt64(value, CultureInfo.InvariantCulture),
        _ => null,
    };
}
