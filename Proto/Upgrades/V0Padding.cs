namespace Cnn.Proto;

/// <summary>
/// Removes V0's padding layers; the convolution or pooling that reads such a layer takes over its pad.
/// </summary>
internal static class V0Padding
{
    private const string Padding = "padding";

    /// <summary>Removes the padding layers of a V0 net in place.</summary>
    /// <exception cref="CnnException">A padding layer is read by another kind of layer.</exception>
    public static void Remove(NetParameter net, SourceMap sources)
    {
        var errors = new List<Diagnostic>();
        var writers = new Dictionary<string, V1LayerParameter>();
        var kept = new List<V1LayerParameter>();
        foreach (V1LayerParameter layer in net.Layers)
        {
            for (int i = 0; i < layer.Bottom.Count; i++)
            {
                if (writers.TryGetValue(layer.Bottom[i], out V1LayerParameter? writer) && writer.Layer?.Type == Padding)
                {
                    TakeOver(layer, i, writer, sources, errors);
                }
            }

            foreach (string top in layer.Top)
            {
                writers[top] = layer;
            }

            if (layer.Layer?.Type != Padding)
            {
                kept.Add(layer);
            }
        }

        if (errors.Count > 0)
        {
            throw new CnnException(errors);
        }

        net.Layers.Clear();
        net.Layers.Add(kept);
    }

    private static void TakeOver(
        V1LayerParameter layer, int bottom, V1LayerParameter padding, SourceMap sources, List<Diagnostic> errors)
    {
        if (layer.Layer is not { Type: "conv" or "pool" } || layer.Bottom.Count != 1)
        {
            errors.Add(new Diagnostic(
                $"padding layer '{padding.Layer.Name}' is read by a layer other than a convolution or pooling "
                + "with one bottom",
                sources.Find(layer, V1LayerParameter.BottomFieldNumber, bottom),
                "only 'conv' and 'pool' can take over its pad",
                layer.Layer?.Name));
            return;
        }

        if (padding.Bottom.Count != 1 || padding.Top.Count != 1)
        {
            errors.Add(new Diagnostic(
                $"a padding layer has one bottom and one top, not {padding.Bottom.Count} and {padding.Top.Count}",
                sources.Find(padding),
                Layer: padding.Layer.Name));
            return;
        }

        layer.Layer.Pad = padding.Layer.Pad;
        layer.Bottom[bottom] = padding.Bottom[0];
        SourceLocation? padAt = sources.Find(padding.Layer, V0LayerParameter.PadFieldNumber);
        SourceLocation? bottomAt = sources.Find(padding, V1LayerParameter.BottomFieldNumber);
        FieldMove.Record(layer.Layer, V0LayerParameter.PadFieldNumber, 0, padAt, sources);
        FieldMove.Record(layer, V1LayerParameter.BottomFieldNumber, bottom, bottomAt, sources);
    }
}
