using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cnn.Engine.Runs;

/// <summary>The code that reads and writes the JSON documents of a run, made by the compiler.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(RunStateConverter)])]
[JsonSerializable(typeof(RunDocument))]
[JsonSerializable(typeof(ClassDocument))]
[JsonSerializable(typeof(LayerTimeDocument))]
internal sealed partial class RunJson : JsonSerializerContext
{
    /// <summary>For documents that people read: a member a line.</summary>
    public static RunJson Indented { get; } = With(true);

    /// <summary>For documents of many numbers: all in one line.</summary>
    public static RunJson Compact { get; } = With(false);

    private static RunJson With(bool isIndented) => new(new JsonSerializerOptions(Default.Options)
    {
        WriteIndented = isIndented,
        NewLine = "\n",

        // The files are no part of a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Writes states as words: <c>running</c>.</summary>
    internal sealed class RunStateConverter() : JsonStringEnumConverter<RunState>(JsonNamingPolicy.CamelCase, false);
}
