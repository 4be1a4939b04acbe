using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>Creates the errors of net building, with their locations in the definition.</summary>
internal static class GraphErrors
{
    public static CnnException At(SourceLocation? at, LayerParameter layer, string message, string? hint = null) =>
        new(new Diagnostic(message, at, hint, layer.Name));

    /// <summary>Returns the error for a layer that needs more memory than there is.</summary>
    public static CnnException OutOfMemory(SourceMap sources, LayerParameter layer, OutOfMemoryException exception) =>
        new(
            new Diagnostic(
                MemoryErrors.Describe(exception),
                sources.Find(layer),
                "a smaller batch_size or input takes less",
                layer.Name),
            exception)
        {
            IsOfTheMachine = true,
        };

    public static CnnException UnknownBottom(
        SourceMap sources,
        LayerParameter layer,
        int bottom,
        IEnumerable<string> known,
        IEnumerable<LayerParameter> leftOut)
    {
        string name = layer.Bottom[bottom];
        LayerParameter[] writers = [.. leftOut.Where(l => l.Top.Contains(name))];
        LayerParameter? elsewhere = writers.FirstOrDefault();
        Phase? other = writers.Select(OnlyPhaseOf).Distinct().ToArray() is [var only] ? only : null;
        return At(
            sources.Find(layer, LayerParameter.BottomFieldNumber, bottom),
            layer,
            elsewhere is null
                ? $"bottom '{name}' is not the top of an earlier layer"
                : other is not null
                ? $"bottom '{name}' is written in {Text(other.Value)} only, by layer '{elsewhere.Name}'"
                    + Place(elsewhere)
                : $"bottom '{name}' is the top of layer '{elsewhere.Name}'{Place(elsewhere)}, which is not in the net "
                    + "in this phase, level and stages",
            elsewhere is not null ? "give this layer the same include and exclude rules"
            : Suggestion.For(name, known) ?? "layers run in the order of the file");

        string Place(LayerParameter writer) =>
            sources.Find(writer) is { } at ? $" ({Path.GetFileName(at.File)}:{at.Line})" : "";
    }

    // The one phase that a layer is in, when its rules are about phases alone; else null.
    private static Phase? OnlyPhaseOf(LayerParameter layer)
    {
        NetStateRule[] rules = [.. layer.Include, .. layer.Exclude];
        Phase[] named = [.. rules.Select(r => r.Phase).Distinct()];
        return named.Length != 1 || !Array.TrueForAll(rules, IsOfPhaseAlone) ? null
            : layer.Exclude.Count == 0 ? named[0]
            : named[0] == Phase.Train ? Phase.Test : Phase.Train;
    }

    private static bool IsOfPhaseAlone(NetStateRule rule) =>
        rule is { HasPhase: true, HasMinLevel: false, HasMaxLevel: false, Stage.Count: 0, NotStage.Count: 0 };

    private static string Text(Phase phase) => phase.ToString().ToUpperInvariant();
}
