using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>Keeps the layers that are meant for a state: phase, level and stages.</summary>
internal static class NetFilter
{
    /// <summary>Returns the layers that stay, in order.</summary>
    /// <exception cref="CnnException">A layer has both include and exclude rules.</exception>
    public static List<LayerParameter> Keep(IEnumerable<LayerParameter> layers, NetState state, SourceMap sources)
    {
        var kept = new List<LayerParameter>();
        foreach (LayerParameter layer in layers)
        {
            if (layer.Include.Count > 0 && layer.Exclude.Count > 0)
            {
                throw GraphErrors.At(
                    sources.Find(layer.Exclude[0]), layer, "has include and exclude rules", "keep one kind");
            }

            bool keep = layer.Include.Count > 0
                ? layer.Include.Any(rule => IsMet(rule, state))
                : !layer.Exclude.Any(rule => IsMet(rule, state));
            if (keep)
            {
                kept.Add(layer);
            }
        }

        return kept;
    }

    /// <summary>Returns whether every field that a rule sets holds in a state.</summary>
    private static bool IsMet(NetStateRule rule, NetState state) =>
        (!rule.HasPhase || rule.Phase == state.Phase)
        && (!rule.HasMinLevel || state.Level >= rule.MinLevel)
        && (!rule.HasMaxLevel || state.Level <= rule.MaxLevel)
        && rule.Stage.All(state.Stage.Contains)
        && !rule.NotStage.Any(state.Stage.Contains);
}
