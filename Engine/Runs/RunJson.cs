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
    /// <summary>Writes states as words: <c>running</c>.</summary>
    internal sealed class RunStateConverter() : JsonStringEnumConverter<RunState>(JsonNamingPolicy.CamelCase, false);
}
