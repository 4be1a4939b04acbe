using Cnn.Proto;

namespace Cnn.Engine.Import.Onnx.Operators;

/// <summary>Normalizations.</summary>
internal static class Normalizations
{
    private const float UsualEps = 1e-5f;

    /// <summary>BatchNorm, and a Scale after it unless the file only fills in ones and zeros for it.</summary>
    [ImportsOperator("BatchNormalization")]
    public static void BatchNormalization(NodeImport node)
    {
        ImportedValue x = node.In();
        string[] roles = ["scale", "bias", "mean", "variance"];
        ConstantArray[] arrays = [.. roles.Select((role, i) => node.Known(i + 1, role))];
        if (node.Int("training_mode", 0) != 0 || node.Int("spatial", 1) == 0 || node.IsRead(1))
        {
            throw node.Refusal("it is in training, or normalises each pixel by itself");
        }

        int channels = x.Axes > 1 ? x.Shape[1] : 0;
        if (channels == 0 || Array.Exists(arrays, a => a.Count != channels))
        {
            throw node.Refusal($"its arrays do not have one number for each channel of {Sizes.Text(x.Shape)}");
        }

        float eps = node.Float("epsilon", UsualEps);
        string name = NodeImport.OwnerOf(arrays[2]) ?? node.LayerName();
        ImportedValue y = node.Add(
            "BatchNorm",
            [x],
            x.Shape,
            layer =>
            {
                if (eps != UsualEps)
                {
                    layer.BatchNormParam = new BatchNormParameter { Eps = eps };
                }
            },
            [
                new DraftArray([channels], arrays[2].Floats), new DraftArray([channels], arrays[3].Floats),
                new DraftArray([1], [1]),
            ],
            name);
        string owner = NodeImport.OwnerOf(arrays[0]) ?? name;
        bool isLearned = NodeImport.OwnerOf(arrays[0]) is not null && !(node.IsOfThisProgram && owner == name);
        bool changes = Array.Exists(arrays[0].Floats, s => s != 1) || Array.Exists(arrays[1].Floats, b => b != 0);
        if (isLearned || changes)
        {
            y = node.Add(
                "Scale",
                [y],
                x.Shape,
                layer => layer.ScaleParam = new ScaleParameter { BiasTerm = true },
                [NodeImport.Weight(arrays[0], channels), NodeImport.Weight(arrays[1], channels)],
                owner == name ? $"{name}/scale" : owner);
        }

        node.Out(y);
    }

    /// <summary>LRN over channels.</summary>
    [ImportsOperator("LRN")]
    public static void Lrn(NodeImport node)
    {
        ImportedValue x = node.In();
        int size = node.Int("size", 0);
        if (size < 1 || size % 2 == 0 || x.Axes != 4)
        {
            throw node.Refusal($"its size is {size} for {x.Axes} axes, an LRN layer takes odd sizes and four axes");
        }

        var options = new LRNParameter
        {
            LocalSize = (uint)size, Alpha = node.Float("alpha", 1e-4f), Beta = node.Float("beta", 0.75f),
        };
        if (node.Float("bias", 1) is var k && k != 1)
        {
            options.K = k;
        }

        node.Out(node.Add("LRN", [x], x.Shape, layer => layer.LrnParam = options));
    }
}
