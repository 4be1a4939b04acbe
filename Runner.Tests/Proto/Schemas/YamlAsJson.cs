using System.Globalization;
using System.Text.Json.Nodes;
using Cnn.Proto;

namespace Cnn.Tests.Proto.Schemas;

/// <summary>
/// YAML as an editor hands it to a JSON Schema: merge keys resolved, plain words as YAML 1.2 reads them.
/// </summary>
internal static class YamlAsJson
{
    public static JsonNode? Read(string text, string file)
    {
        var places = new YamlPlaces(text, file);
        (YamlNode? root, _) = new YamlComposer(places).Compose();
        JsonNode? json = root is null ? null : Node(root, new YamlMerge(places, _ => true));
        Assert.Empty(places.Errors);
        return json;
    }

    private static JsonNode? Node(YamlNode node, YamlMerge merge) => node.Kind switch
    {
        YamlKind.List => new JsonArray([.. node.Items.Select(i => Node(i, merge))]),
        YamlKind.Map => new JsonObject(
            merge.Flatten(node).Select(e => KeyValuePair.Create(e.Key.Text, Node(e.Value, merge)))),
        _ => Scalar(node),
    };

    private static JsonNode? Scalar(YamlNode node) =>
        node.IsNull ? null
        : !node.IsPlain || node.Tag is not null ? JsonValue.Create(node.Text)
        : node.Text is "true" or "True" or "TRUE" ? JsonValue.Create(true)
        : node.Text is "false" or "False" or "FALSE" ? JsonValue.Create(false)
        : YamlNumber.ToWord(node.Text) is { } number ? Number(number)
        : JsonValue.Create(node.Text);

    // JSON has no words for what is not finite; to a schema it is some number.
    private static JsonNode? Number(string word) => word switch
    {
        "inf" or "nan" => JsonValue.Create(double.MaxValue),
        "-inf" => JsonValue.Create(double.MinValue),
        _ when double.IsInfinity(double.Parse(word, CultureInfo.InvariantCulture)) => JsonValue.Create(double.MaxValue),
        _ => JsonNode.Parse(word.EndsWith('.') ? word + "0" : word.Replace(".e", ".0e").Replace(".E", ".0E")),
    };
}
