using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>The errors of net building, located where the definition says it.</summary>
internal static class GraphErrors
{
    public static CnnException At(SourceLocation? at, LayerParameter layer, string message, string? hint = null) =>
        new(new Diagnostic(message, at, hint, layer.Name));

    public static CnnException UnknownBottom(
        SourceMap sources, LayerParameter layer, int bottom, IEnumerable<string> known) =>
        At(
            sources.Find(layer, LayerParameter.BottomFieldNumber, bottom),
            layer,
            $"bottom '{layer.Bottom[bottom]}' is not the top of an earlier layer",
            Suggestion.For(layer.Bottom[bottom], known) ?? "layers run in the order of the file");
}
