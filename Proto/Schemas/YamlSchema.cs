using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cnn.Proto.Schemas;

/// <summary>
/// JSON Schemas (draft 7) of nets and solvers in YAML, by which editors complete, explain and check them as they are
/// typed. All of it comes from the schema that the readers use: names, types and ranges, defaults, and its comments.
/// </summary>
/// <remarks>
/// The readers take a little more than the schemas do: enums by their numbers, and fields of Caffe's forks that are
/// ignored with a warning.
/// </remarks>
public static class YamlSchema
{
    /// <summary>The name under which YAML files that this program writes look for the schema of nets.</summary>
    public const string NetFile = "net.schema.json";

    /// <summary>The name under which YAML files that this program writes look for the schema of solvers.</summary>
    public const string SolverFile = "solver.schema.json";

    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
        WriteIndented = true,
    };

    /// <summary>The line by which an editor finds the schema of a YAML file, beside that file.</summary>
    /// <param name="file">The name of the schema's file.</param>
    internal static string LineNaming(string file) => $"# yaml-language-server: $schema={file}\n";

    /// <summary>Returns the JSON Schema of nets.</summary>
    public static string OfNet(TypeNames types) => Text(new YamlSchemaBuilder(types).Root(
        NetParameter.Descriptor, "A net of Cnn in YAML"));

    /// <summary>Returns the JSON Schema of solvers.</summary>
    public static string OfSolver(TypeNames types) => Text(new YamlSchemaBuilder(types).Root(
        SolverParameter.Descriptor, "A solver of Cnn in YAML"));

    private static string Text(JsonObject schema) => schema.ToJsonString(Readable) + "\n";
}
