namespace Cnn.Proto;

/// <summary>
/// The first format, a <c>layers</c> entry with all options of all types in one nested <c>layer</c>, becomes V1. Padding
/// layers disappear: the convolution or pooling that follows takes over their padding.
/// </summary>
internal static class V0Upgrade
{
    private static readonly Dictionary<string, V1LayerParameter.Types.LayerType> LayerTypes = new()
    {
        ["accuracy"] = V1LayerParameter.Types.LayerType.Accuracy,
        ["bnll"] = V1LayerParameter.Types.LayerType.Bnll,
        ["concat"] = V1LayerParameter.Types.LayerType.Concat,
        ["conv"] = V1LayerParameter.Types.LayerType.Convolution,
        ["data"] = V1LayerParameter.Types.LayerType.Data,
        ["dropout"] = V1LayerParameter.Types.LayerType.Dropout,
        ["euclidean_loss"] = V1LayerParameter.Types.LayerType.EuclideanLoss,
        ["flatten"] = V1LayerParameter.Types.LayerType.Flatten,
        ["hdf5_data"] = V1LayerParameter.Types.LayerType.Hdf5Data,
        ["hdf5_output"] = V1LayerParameter.Types.LayerType.Hdf5Output,
        ["im2col"] = V1LayerParameter.Types.LayerType.Im2Col,
        ["images"] = V1LayerParameter.Types.LayerType.ImageData,
        ["infogain_loss"] = V1LayerParameter.Types.LayerType.InfogainLoss,
        ["innerproduct"] = V1LayerParameter.Types.LayerType.InnerProduct,
        ["lrn"] = V1LayerParameter.Types.LayerType.Lrn,
        ["multinomial_logistic_loss"] = V1LayerParameter.Types.LayerType.MultinomialLogisticLoss,
        ["pool"] = V1LayerParameter.Types.LayerType.Pooling,
        ["relu"] = V1LayerParameter.Types.LayerType.Relu,
        ["sigmoid"] = V1LayerParameter.Types.LayerType.Sigmoid,
        ["softmax"] = V1LayerParameter.Types.LayerType.Softmax,
        ["softmax_loss"] = V1LayerParameter.Types.LayerType.SoftmaxLoss,
        ["split"] = V1LayerParameter.Types.LayerType.Split,
        ["tanh"] = V1LayerParameter.Types.LayerType.Tanh,
        ["window_data"] = V1LayerParameter.Types.LayerType.WindowData,
    };

    public static NetParameter Run(NetParameter net, SourceMap sources)
    {
        var upgraded = new NetParameter();
        sources.CarryPlaces(net, upgraded);
        if (net.HasName)
        {
            upgraded.Name = net.Name;
        }

        upgraded.Input.Add(net.Input);
        upgraded.InputDim.Add(net.InputDim);
        if (net.HasForceBackward)
        {
            upgraded.ForceBackward = net.ForceBackward;
        }

        foreach (V1LayerParameter layer in WithoutPadding(net, sources))
        {
            V1LayerParameter converted = Convert(layer, sources);
            sources.CarryPlaces(layer, converted);
            upgraded.Layers.Add(converted);
        }

        return upgraded;
    }

    private static List<V1LayerParameter> WithoutPadding(NetParameter net, SourceMap sources)
    {
        var kept = new List<V1LayerParameter>();
        var lastWriter = new Dictionary<string, V1LayerParameter>();
        foreach (V1LayerParameter original in net.Layers)
        {
            V1LayerParameter layer = original.Clone();
            sources.Carry(original, layer);
            for (int i = 0; i < layer.Bottom.Count; i++)
            {
                if (!lastWriter.TryGetValue(layer.Bottom[i], out V1LayerParameter? source)
                    || source.Layer?.Type != "padding")
                {
                    continue;
                }

                if (layer.Layer?.Type is not ("conv" or "pool") || layer.Bottom.Count != 1 || source.Bottom.Count != 1)
                {
                    throw Error(
                        sources, original, $"layer '{original.Layer?.Name}' of type '{original.Layer?.Type}' reads a padding layer",
                        "only a conv or pool with one bottom can");
                }

                layer.Layer.Pad = source.Layer.Pad;
                layer.Bottom[i] = source.Bottom[0];
            }

            if (layer.Layer?.Type != "padding")
            {
                kept.Add(layer);
            }

            foreach (string top in original.Top)
            {
                lastWriter[top] = original;
            }
        }

        return kept;
    }

    private static V1LayerParameter Convert(V1LayerParameter old, SourceMap sources)
    {
        var layer = new V1LayerParameter();
        layer.Bottom.Add(old.Bottom);
        layer.Top.Add(old.Top);
        if (old.Layer is not { } v0)
        {
            return layer;
        }

        if (v0.HasName)
        {
            layer.Name = v0.Name;
        }

        if (v0.HasType)
        {
            layer.Type = LayerTypes.TryGetValue(v0.Type, out var type)
                ? type
                : throw Error(
                    sources, v0, $"unknown type '{v0.Type}' of an old layer", Suggestion.For(v0.Type, LayerTypes.Keys));
        }

        layer.Blobs.Add(v0.Blobs);
        layer.BlobsLr.Add(v0.BlobsLr);
        layer.WeightDecay.Add(v0.WeightDecay);
        V0Options.Copy(v0, layer, (message, hint) => Error(sources, v0, message, hint));
        return layer;
    }

    private static CnnException Error(
        SourceMap sources, Google.Protobuf.IMessage at, string message, string? hint = null) =>
        new(new Diagnostic(message, sources.Find(at), hint));
}
