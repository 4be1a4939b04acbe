namespace Cnn.Proto;

/// <summary>
/// BatchNorm's three blobs are statistics, not weights: old definitions that list their multipliers get zeros, so that
/// the solver leaves them alone.
/// </summary>
internal static class BatchNormUpgrade
{
    private const int Statistics = 3;

    public static void Apply(NetParameter net)
    {
        foreach (ParamSpec spec in net.Layer.Where(ListsStatistics).SelectMany(l => l.Param))
        {
            spec.LrMult = 0;
            spec.DecayMult = 0;
        }
    }

    public static bool IsNeeded(NetParameter net) => net.Layer.Any(ListsStatistics);

    private static bool ListsStatistics(LayerParameter layer) =>
        layer.Type == "BatchNorm" && layer.Param.Count == Statistics;
}
