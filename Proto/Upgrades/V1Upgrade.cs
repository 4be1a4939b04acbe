using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// The <c>layers</c> entries of 2014, with types as enum values and multipliers as parallel lists, become <c>layer</c>
/// entries.
/// </summary>
internal static class V1Upgrade
{
    // The types' names of the old enum, and of the registry.
    private static readonly Dictionary<string, string> TypeNames = new()
    {
        ["ABSVAL"] = "AbsVal",
        ["ACCURACY"] = "Accuracy",
        ["ARGMAX"] = "ArgMax",
        ["BNLL"] = "BNLL",
        ["CONCAT"] = "Concat",
        ["CONTRASTIVE_LOSS"] = "ContrastiveLoss",
        ["CONVOLUTION"] = "Convolution",
        ["DATA"] = "Data",
        ["DECONVOLUTION"] = "Deconvolution",
        ["DROPOUT"] = "Dropout",
        ["DUMMY_DATA"] = "DummyData",
        ["EUCLIDEAN_LOSS"] = "EuclideanLoss",
        ["ELTWISE"] = "Eltwise",
        ["EXP"] = "Exp",
        ["FLATTEN"] = "Flatten",
        ["HDF5_DATA"] = "HDF5Data",
        ["HDF5_OUTPUT"] = "HDF5Output",
        ["HINGE_LOSS"] = "HingeLoss",
        ["IM2COL"] = "Im2col",
        ["IMAGE_DATA"] = "ImageData",
        ["INFOGAIN_LOSS"] = "InfogainLoss",
        ["INNER_PRODUCT"] = "InnerProduct",
        ["LRN"] = "LRN",
        ["MEMORY_DATA"] = "MemoryData",
        ["MULTINOMIAL_LOGISTIC_LOSS"] = "MultinomialLogisticLoss",
        ["MVN"] = "MVN",
        ["POOLING"] = "Pooling",
        ["POWER"] = "Power",
        ["RELU"] = "ReLU",
        ["SIGMOID"] = "Sigmoid",
        ["SIGMOID_CROSS_ENTROPY_LOSS"] = "SigmoidCrossEntropyLoss",
        ["SILENCE"] = "Silence",
        ["SOFTMAX"] = "Softmax",
        ["SOFTMAX_LOSS"] = "SoftmaxWithLoss",
        ["SPLIT"] = "Split",
        ["SLICE"] = "Slice",
        ["TANH"] = "TanH",
        ["WINDOW_DATA"] = "WindowData",
        ["THRESHOLD"] = "Threshold",
    };

    public static NetParameter Run(NetParameter net, SourceMap sources)
    {
        NetParameter upgraded = net.Clone();
        sources.Carry(net, upgraded);
        upgraded.Layers.Clear();
        foreach (V1LayerParameter old in net.Layers)
        {
            LayerParameter layer = Convert(old, sources);
            sources.CarryPlaces(old, layer);
            upgraded.Layer.Add(layer);
        }

        return upgraded;
    }

    private static LayerParameter Convert(V1LayerParameter old, SourceMap sources)
    {
        var layer = new LayerParameter();
        if (old.HasName)
        {
            layer.Name = old.Name;
        }

        layer.Bottom.Add(old.Bottom);
        layer.Top.Add(old.Top);
        if (old.HasType)
        {
            layer.Type = TypeName(old.Type);
        }

        layer.Blobs.Add(old.Blobs);
        layer.Include.Add(old.Include);
        layer.Exclude.Add(old.Exclude);
        layer.LossWeight.Add(old.LossWeight);
        AddParams(old, layer, sources);
        CopyParameterMessages(old, layer);
        return layer;
    }

    private static string TypeName(V1LayerParameter.Types.LayerType type)
    {
        string? name = V1LayerParameter.Descriptor.EnumTypes.First(e => e.Name == "LayerType")
            .FindValueByNumber((int)type)?.Name;
        return name is not null && TypeNames.TryGetValue(name, out string? current) ? current : "";
    }

    private static void AddParams(V1LayerParameter old, LayerParameter layer, SourceMap sources)
    {
        int count = Math.Max(
            Math.Max(old.Param.Count, old.BlobShareMode.Count), Math.Max(old.BlobsLr.Count, old.WeightDecay.Count));
        for (int i = 0; i < count; i++)
        {
            var param = new ParamSpec();
            if (i < old.Param.Count)
            {
                param.Name = old.Param[i];
            }

            if (i < old.BlobShareMode.Count)
            {
                param.ShareMode = old.BlobShareMode[i] == V1LayerParameter.Types.DimCheckMode.Permissive
                    ? ParamSpec.Types.DimCheckMode.Permissive
                    : ParamSpec.Types.DimCheckMode.Strict;
            }

            if (i < old.BlobsLr.Count)
            {
                param.LrMult = old.BlobsLr[i];
            }

            if (i < old.WeightDecay.Count)
            {
                param.DecayMult = old.WeightDecay[i];
            }

            if (sources.Find(old, V1LayerParameter.BlobsLrFieldNumber) is { } at)
            {
                sources.Record(param, at);
            }

            layer.Param.Add(param);
        }
    }

    // The parameter messages have the same names in both formats.
    private static void CopyParameterMessages(V1LayerParameter old, LayerParameter layer)
    {
        foreach (FieldDescriptor field in V1LayerParameter.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType == FieldType.Message && !field.IsRepeated && field.Name.EndsWith("_param", StringComparison.Ordinal)
                && field.Accessor.GetValue(old) is IMessage value)
            {
                LayerParameter.Descriptor.FindFieldByName(field.Name).Accessor.SetValue(layer, value);
            }
        }
    }
}
