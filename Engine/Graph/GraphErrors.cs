using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>Creates the errors of net building, with their locations in the definition.</summary>
internal static class GraphErrors
{
    public static CnnException At(SourceLocation? at, LayerParameter layer, string message, string? hint = null) =>
        new(new Diagnostic(message, at, hint, layer.Name));

    public static CnnException UnknownBottom(
        SourceMap sources,
        LayerParameter layer,
        int bottom,
        IEnumerable<string> known,
        IEnumerable<LayerParameter> leftOut)
    {
        string name = layer.Bottom[bottom];
        LayerParameter? elsewhere = leftOut.FirstOrDefault(l => l.Top.Contains(name));
        return At(
            sources.Find(layer, LayerParameter.BottomFieldNumber, bottom),
            layer,
            elsewhere is null
                ? $"bottom '{name}' is not the top of an earlier layer"
                : $"bottom '{name}' is the top of layer '{elsewhere.Name}', which is not in the net in this phase, "
                    + "level and stages",
            elsewhere is not null ? "give the layer the same include and exclude rules"
            : Suggestion.For(name, known) ?? "layers run in the order of the file");
    }
}
