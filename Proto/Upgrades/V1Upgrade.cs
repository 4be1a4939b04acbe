using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// Converts V1's <c>layers</c>, whose types are an enum and whose multipliers are lists, to the current <c>layer</c>.
/// </summary>
internal static class V1Upgrade
{
    private static readonly HashSet<string> HandledFields =
        ["layer", "type", "param", "blob_share_mode", "blobs_lr", "weight_decay"];

    /// <summary>
    /// Replaces the net's V1 layers in place. Their unknown fields are dropped with a warning, because the numbers mean
    /// other fields in current layers.
    /// </summary>
    /// <exception cref="CnnException">The type of a layer is a number that is none.</exception>
    public static void Apply(NetParameter net, SourceMap sources, ICollection<Diagnostic> warnings)
    {
        for (int i = 0; i < net.Layers.Count; i++)
        {
            WarnOfUnknownFields(net.Layers[i], net.Layers[i].Name, warnings);
            net.Layer.Add(Layer(net.Layers[i], sources));
            FieldMove.Record(
                net, NetParameter.LayerFieldNumber, i, sources.Find(net, NetParameter.LayersFieldNumber, i), sources);
        }

        for (int i = 0; i < net.Layers.Count; i++)
        {
            if (net.Layers[i].Type == V1LayerParameter.Types.LayerType.Crop && !V1CropOffsets.TrySet(net, i))
            {
                warnings.Add(new Diagnostic(
                    "CROP takes its offset from the layers that its bottoms come from, and these do not tell it",
                    sources.Find(net.Layer[i]),
                    "it begins at 0; write the net as layer { type: \"Crop\" crop_param { offset: ... } }",
                    net.Layer[i].Name));
            }
        }

        net.Layers.Clear();
    }

    /// <summary>Warns of the unknown fields of a message that are lost with it.</summary>
    public static void WarnOfUnknownFields(IMessage message, string layer, ICollection<Diagnostic> warnings)
    {
        const string Why = "dropped: numbers mean other fields in the current format";
        if (UnknownFields.DescribeOwn(message, layer, Why) is { } lost)
        {
            warnings.Add(lost);
        }
    }

    private static LayerParameter Layer(V1LayerParameter old, SourceMap sources)
    {
        var layer = new LayerParameter();
        FieldMove.Record(layer, 0, 0, sources.Find(old), sources);
        if (old.HasType)
        {
            layer.Type = V1LayerTypes.NameOf(old.Type) ?? throw new CnnException(new Diagnostic(
                $"unknown V1 layer type {(int)old.Type}",
                sources.Find(old, V1LayerParameter.TypeFieldNumber),
                "write the net as layer { type: \"...\" }",
                old.Name));
            Note(V1LayerParameter.TypeFieldNumber, 0, layer, LayerParameter.TypeFieldNumber);
        }

        // All other fields have the same name in both.
        foreach (FieldDescriptor field in V1LayerParameter.Descriptor.Fields.InDeclarationOrder())
        {
            if (!HandledFields.Contains(field.Name) && FieldMove.Has(old, field))
            {
                FieldMove.Move(old, field, layer, LayerParameter.Descriptor.FindFieldByName(field.Name), sources);
            }
        }

        Each(old.Param, V1LayerParameter.ParamFieldNumber, ParamSpec.NameFieldNumber, (p, v) => p.Name = v);
        Each(
            old.BlobShareMode,
            V1LayerParameter.BlobShareModeFieldNumber,
            ParamSpec.ShareModeFieldNumber,
            (p, v) => p.ShareMode = (ParamSpec.Types.DimCheckMode)v);
        Each(old.BlobsLr, V1LayerParameter.BlobsLrFieldNumber, ParamSpec.LrMultFieldNumber, (p, v) => p.LrMult = v);
        Each(
            old.WeightDecay,
            V1LayerParameter.WeightDecayFieldNumber,
            ParamSpec.DecayMultFieldNumber,
            (p, v) => p.DecayMult = v);
        return layer;

        void Each<T>(RepeatedField<T> values, int from, int to, Action<ParamSpec, T> set)
        {
            for (int i = 0; i < values.Count; i++)
            {
                if (i == layer.Param.Count)
                {
                    var spec = new ParamSpec();
                    layer.Param.Add(spec);
                    FieldMove.Record(spec, 0, 0, sources.Find(old, from, i), sources);
                    Note(from, i, layer, LayerParameter.ParamFieldNumber, i);
                }

                set(layer.Param[i], values[i]);
                Note(from, i, layer.Param[i], to);
            }
        }

        void Note(int from, int index, IMessage message, int to, int toIndex = 0) =>
            FieldMove.Record(message, to, toIndex, sources.Find(old, from, index), sources);
    }
}
