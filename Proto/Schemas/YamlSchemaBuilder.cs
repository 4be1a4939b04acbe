using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;

namespace Cnn.Proto.Schemas;

/// <summary>
/// Builds a JSON Schema from descriptors: a definition for each message and enum, to which fields refer.
/// </summary>
internal sealed class YamlSchemaBuilder
{
    private const string Free = "FreeFormOption", Included = "IncludedLayers", Given = "GivenParameters";

    // A merge key, with a map or several of them.
    private const string MergeKey = "^<<$";

    private readonly JsonObject definitions = [];
    private readonly Dictionary<MessageDescriptor, IReadOnlyCollection<string>> typesOf;

    public YamlSchemaBuilder(TypeNames types)
    {
        ArgumentNullException.ThrowIfNull(types);
        typesOf = new Dictionary<MessageDescriptor, IReadOnlyCollection<string>>
        {
            [LayerParameter.Descriptor] = types.Layers,
            [FillerParameter.Descriptor] = types.Fillers,
            [SolverParameter.Descriptor] = types.Solvers,
        };
    }

    /// <summary>Returns the schema of files that hold a message, which may include others.</summary>
    public JsonObject Root(MessageDescriptor message, string title)
    {
        JsonObject file = Message(message);
        var properties = (JsonObject)file["properties"]!;
        properties["parameters"] = Described(
            Values("null"),
            "What a file that includes this one can give with 'with', used here as ${name}: names and their defaults, "
            + "nothing for those that have to be given.");
        properties["include"] = Described(
            Typed("string"),
            "A YAML file, looked up beside this one, whose keys are the defaults of those that are not given here.");
        properties["with"] = Ref(Given);
        definitions[Given] = Described(Values(), "Values of the parameters of the included file, by their names.");
        var root = new JsonObject { ["$schema"] = "http://json-schema.org/draft-07/schema#", ["title"] = title };
        foreach ((string key, JsonNode? value) in file)
        {
            root[key] = value?.DeepClone();
        }

        root["definitions"] = definitions;
        return root;
    }

    // A block may be left empty, which is all its defaults, unless something in it is required.
    private JsonObject Message(MessageDescriptor message)
    {
        if (message == PluginParameter.Descriptor)
        {
            return FreeForm(message);
        }

        var fields = FieldNames.FieldsOf(message).ToArray();
        string[] required = [.. fields.Where(f => f.IsRequired).Select(f => f.Name)];
        JsonObject schema = Described(
            required.Length > 0 ? Typed("object") : Typed("object", "null"), SchemaComments.Of(message));
        schema["properties"] = new JsonObject(fields.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)Field(f))));
        schema["patternProperties"] = new JsonObject { [MergeKey] = Typed("object", "array") };
        schema["additionalProperties"] = false;
        if (required.Length > 0)
        {
            schema["required"] = Names(required);
        }

        if (message == LayerParameter.Descriptor)
        {
            OpenForPlugins(schema, fields);
        }

        return schema;
    }

    // A layer of a type that the schema does not have can have blocks of any name. Both branches name the fields again,
    // since what a branch does not name is additional to it.
    private void OpenForPlugins(JsonObject layer, FieldDescriptor[] fields)
    {
        layer.Remove("additionalProperties");
        layer["if"] = new JsonObject
        {
            ["required"] = Names("type"),
            ["properties"] = new JsonObject { ["type"] = new JsonObject { ["not"] = Enumerated(SchemaTypes.All) } },
        };
        layer["then"] = Branch(Ref(DefineFreeForm()));
        layer["else"] = Branch(false);

        JsonObject Branch(JsonNode others) => new()
        {
            ["properties"] = new JsonObject(fields.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)true))),
            ["patternProperties"] = new JsonObject { [MergeKey] = true },
            ["additionalProperties"] = others,
        };
    }

    private JsonObject Field(FieldDescriptor field)
    {
        JsonObject value = field.FieldType switch
        {
            FieldType.Message => Ref(Define(NameOf(field.MessageType), () => Message(field.MessageType))),
            FieldType.Enum => Ref(Define(NameOf(field.EnumType), () => Enumeration(field.EnumType))),
            _ => YamlSchemaScalars.Of(field),
        };
        if (field.Name == "type" && typesOf.TryGetValue(field.ContainingType, out IReadOnlyCollection<string>? names))
        {
            value = Open(names);
        }

        bool isLayer = field.FieldType == FieldType.Message && field.MessageType == LayerParameter.Descriptor;
        JsonNode[] alternatives = isLayer ? [value, Ref(Define(Included, IncludedLayers))] : [value];
        JsonNode item = isLayer ? AnyOf(alternatives) : value;
        JsonObject schema = field.IsRepeated
            ? AnyOf([
                .. alternatives.Select(a => a.DeepClone()),
                new JsonObject { ["type"] = "array", ["items"] = item.DeepClone() },
            ])
            : value.ContainsKey("$ref") ? new JsonObject { ["allOf"] = new JsonArray(value) } : value;
        Described(schema, SchemaComments.Of(field));
        if (YamlSchemaScalars.DefaultOf(field) is { } preset)
        {
            schema["default"] = preset;
        }

        if (SchemaComments.IsDeprecated(field))
        {
            schema["deprecated"] = true;
            schema["deprecationMessage"] = SchemaComments.Of(field);
        }

        return schema;
    }

    private static JsonObject Enumeration(EnumDescriptor type)
    {
        JsonObject values = Enumerated(type.Values.Select(v => v.Name));
        values["enumDescriptions"] = Names(type.Values.Select(SchemaComments.Of));
        return Described(AnyOf([values, YamlSchemaScalars.ParameterAlone()]), SchemaComments.Of(type));
    }

    // Known names, each with what its message says, and any other.
    private static JsonObject Open(IReadOnlyCollection<string> names)
    {
        JsonObject known = Enumerated(names);
        known["enumDescriptions"] = Names(names.Select(
            n => SchemaTypes.OptionsOf(n) is { } options ? SchemaComments.Of(options.MessageType) : ""));
        return AnyOf([known, Typed("string")]);
    }

    private JsonObject FreeForm(MessageDescriptor message)
    {
        JsonObject schema = Described(Typed("object", "null"), SchemaComments.Of(message));
        schema["propertyNames"] = new JsonObject { ["pattern"] = "^([A-Za-z_][A-Za-z0-9_]*|<<)$" };
        schema["additionalProperties"] = Ref(Define(Free, FreeFormOption));
        return schema;
    }

    private JsonObject FreeFormOption()
    {
        JsonObject value = AnyOf([Typed("string", "number", "boolean"), Ref(DefineFreeForm())]);
        return AnyOf([value, new JsonObject { ["type"] = "array", ["items"] = value.DeepClone() }]);
    }

    private string DefineFreeForm() =>
        Define(NameOf(PluginParameter.Descriptor), () => FreeForm(PluginParameter.Descriptor));

    private static JsonObject IncludedLayers()
    {
        JsonObject schema = Described(
            Typed("object"), "The layers of another file, such as a block that is used several times.");
        schema["properties"] = new JsonObject
        {
            ["include"] = Described(Typed("string"), "A YAML file with 'layer', looked up beside this one."),
            ["with"] = Ref(Given),
        };
        schema["patternProperties"] = new JsonObject { [MergeKey] = Typed("object", "array") };
        schema["required"] = Names("include");
        schema["additionalProperties"] = false;
        return schema;
    }

    // Defines a name once; the entry is made before its content, which may refer to it.
    private string Define(string name, Func<JsonObject> create)
    {
        if (!definitions.ContainsKey(name))
        {
            definitions[name] = null;
            definitions[name] = create();
        }

        return name;
    }

    private static JsonObject Values(params string[] others) => new()
    {
        ["type"] = "object",
        ["propertyNames"] = new JsonObject { ["pattern"] = $"^{YamlParameters.NamePattern}$" },
        ["additionalProperties"] = Typed(["string", "number", "boolean", .. others]),
    };

    private static JsonObject Described(JsonObject schema, string description)
    {
        schema["description"] = description;
        return schema;
    }

    private static JsonObject AnyOf(JsonNode[] alternatives) => new() { ["anyOf"] = new JsonArray(alternatives) };

    private static JsonObject Ref(string name) => new() { ["$ref"] = $"#/definitions/{name}" };

    private static JsonObject Enumerated(IEnumerable<string> names) => new() { ["enum"] = Names(names) };

    private static JsonObject Typed(params string[] types) =>
        new() { ["type"] = types.Length == 1 ? types[0] : Names(types) };

    private static JsonArray Names(params IEnumerable<string> names) => [.. names.Select(n => JsonValue.Create(n))];

    // Without the package: ConvolutionParameter, PoolingParameter.PoolMethod.
    private static string NameOf(DescriptorBase type) => type.FullName[(type.File.Package.Length + 1)..];
}
