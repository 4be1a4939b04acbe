using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto.Schemas;

/// <summary>JSON Schemas of fields that hold one number, boolean or text, and of their defaults.</summary>
/// <remarks>Where a value is expected, files that are included can name a parameter, <c>${channels}</c>.</remarks>
internal static class YamlSchemaScalars
{
    /// <summary>Returns the schema of one value of a field of a scalar type, enums aside.</summary>
    public static JsonObject Of(FieldDescriptor field) => field.FieldType switch
    {
        // Text takes any plain word, which YAML may see as a number or boolean.
        FieldType.String or FieldType.Bytes =>
            new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") },
        FieldType.Bool => Number(field, "boolean", 0, 1, "integer"),
        FieldType.Float or FieldType.Double => OrParameter(field, new JsonArray("number", "string")),
        FieldType.UInt32 or FieldType.Fixed32 => Number(field, "integer", 0, uint.MaxValue),
        FieldType.UInt64 or FieldType.Fixed64 => Number(field, "integer", 0, ulong.MaxValue),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 =>
            Number(field, "integer", long.MinValue, long.MaxValue),
        _ => Number(field, "integer", int.MinValue, int.MaxValue),
    };

    /// <summary>Returns the schema of text that names a parameter.</summary>
    public static JsonObject ParameterAlone() => new() { ["type"] = "string", ["pattern"] = Parameter };

    /// <summary>Returns the default that the schema states; null for none, and for lists.</summary>
    public static JsonNode? DefaultOf(FieldDescriptor field)
    {
        if (!field.ToProto().HasDefaultValue)
        {
            return null;
        }

        object preset = field.Accessor.GetValue((IMessage)Activator.CreateInstance(field.ContainingType.ClrType)!);
        return preset switch
        {
            bool flag => JsonValue.Create(flag),
            string text => JsonValue.Create(text),
            float or double when !double.IsFinite(Convert.ToDouble(preset, CultureInfo.InvariantCulture)) => null,
            float number => JsonNode.Parse(ScalarText.Print(number, isSingle: true)),
            double number => JsonNode.Parse(ScalarText.Print(number, isSingle: false)),
            _ when field.FieldType == FieldType.Enum => field.EnumType.FindValueByNumber((int)preset).Name,
            _ => JsonNode.Parse(Convert.ToString(preset, CultureInfo.InvariantCulture)!),
        };
    }

    private static string Parameter => $@"\$\{{{YamlParameters.NamePattern}\}}";

    private static JsonObject Number(
        FieldDescriptor field, string type, decimal least, decimal most, params string[] others)
    {
        JsonObject schema = OrParameter(field, new JsonArray([type, .. others, "string"]));
        schema["minimum"] = least;
        schema["maximum"] = most;
        return schema;
    }

    private static JsonObject OrParameter(FieldDescriptor field, JsonArray types) => new()
    {
        ["type"] = types,
        ["pattern"] = Parameter,
        ["patternErrorMessage"] = $"Expected {TextMessages.TypeName(field)}.",
    };
}
