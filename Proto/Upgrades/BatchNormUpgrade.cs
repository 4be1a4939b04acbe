namespace Cnn.Proto;

/// <summary>
/// Sets the learning rate and weight decay multipliers that old definitions list for BatchNorm's three blobs to zero.
/// The blobs are statistics and not weights, so the solver must leave them alone.
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
