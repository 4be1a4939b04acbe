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
        foreach (LayerParameter layer in net.Layer)
        {
            if (layer.Type != "BatchNorm" || layer.Param.Count != Statistics)
            {
                continue;
            }

            foreach (ParamSpec spec in layer.Param)
            {
                spec.LrMult = 0;
                spec.DecayMult = 0;
            }
        }
    }
}
