namespace Cnn.Proto;

/// <summary>Brings nets of older formats up to date, in Caffe's order of steps.</summary>
public static class NetUpgrade
{
    /// <summary>
    /// The net in the current format; the same object when it is already. Parts that are taken over keep their places in
    /// <paramref name="sources"/>.
    /// </summary>
    /// <exception cref="CnnException">The net mixes formats or holds what no upgrade exists for.</exception>
    public static NetParameter Upgrade(NetParameter net, SourceMap sources)
    {
        if (net.Layer.Count > 0 && net.Layers.Count > 0)
        {
            throw new CnnException(new Diagnostic(
                "the net has entries of the old 'layers' and of the current 'layer'",
                sources.Find(net, NetParameter.LayersFieldNumber),
                "write all of them as 'layer'"));
        }

        if (net.Layers.Any(l => l.Layer is not null))
        {
            net = V0Upgrade.Run(net, sources);
        }

        if (net.Layers.Count > 0)
        {
            DataTransformUpgrade.Run(net);
            net = V1Upgrade.Run(net, sources);
        }

        if (net.Input.Count > 0 || net.InputDim.Count > 0 || net.InputShape.Count > 0)
        {
            net = InputUpgrade.Run(net, sources);
        }

        BatchNormUpgrade.Run(net);
        return net;
    }
}
