namespace Cnn.Proto;

/// <summary>Upgrades a net of any of Caffe's older formats to the current one, in Caffe's order of steps.</summary>
public static class NetUpgrade
{
    /// <summary>
    /// Upgrades a net in place to the current format: V0 and V1 layers, data transformation fields, input fields and
    /// the multipliers of BatchNorm.
    /// </summary>
    /// <param name="net">The net, which is changed and returned.</param>
    /// <param name="sources">Where it was written; receives the places of what replaces it.</param>
    /// <param name="warnings">Receives what was dropped because it has no use any more; null to discard it.</param>
    /// <exception cref="CnnException">
    /// The net cannot be upgraded; the exception carries all the reasons of the step that fails.
    /// </exception>
    public static NetParameter Upgrade(
        NetParameter net, SourceMap sources, ICollection<Diagnostic>? warnings = null)
    {
        ArgumentNullException.ThrowIfNull(net);
        ArgumentNullException.ThrowIfNull(sources);
        warnings ??= [];
        if (net.Layer.Count > 0 && net.Layers.Count > 0)
        {
            throw new CnnException(new Diagnostic(
                "the net has both 'layer' and 'layers' entries",
                sources.Find(net.Layers[0]),
                "'layers' is the old format; write all of them as 'layer', or none"));
        }

        if (V0Upgrade.IsNeeded(net))
        {
            V0Upgrade.Apply(net, sources, warnings);
        }

        DataTransformationUpgrade.Apply(net, sources);
        if (net.Layers.Count > 0)
        {
            V1Upgrade.Apply(net, sources, warnings);
        }

        InputUpgrade.Apply(net, sources, warnings);
        BatchNormUpgrade.Apply(net);
        return net;
    }

    /// <summary>Whether a net has anything of an older format in it.</summary>
    internal static bool IsNeeded(NetParameter net) =>
        net.Layers.Count > 0 || net.Input.Count > 0 || BatchNormUpgrade.IsNeeded(net);
}
