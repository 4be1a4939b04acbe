namespace Cnn.Proto;

/// <summary>
/// Old nets give a BatchNorm layer's three statistics multipliers of their own choice; no solver may touch them, so all
/// become 0.
/// </summary>
internal static class BatchNormUpgrade
{
    public static void Run(NetParameter net)
    {
        foreach (LayerParameter layer in net.Layer)
        {
            if (layer.Type != "BatchNorm" || layer.Param.Count != 3)
            {
                continue;
            }

            foreach (ParamSpec param in layer.Param)
            {
                param.LrMult = 0;
                param.DecayMult = 0;
            }
        }
    }
}
