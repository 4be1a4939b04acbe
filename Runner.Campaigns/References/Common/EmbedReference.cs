using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary><c>y = W[x] + b</c>.</summary>
[Reference("Embed")]
internal sealed class EmbedReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        EmbedParameter options = call.Layer.EmbedParam;
        ReferenceBlob x = call.Bottoms[0];
        int outputs = (int)options.NumOutput;
        ReferenceBlob y = call.Top(0, [.. x.Shape, outputs]);
        ReferenceBlob weights = call.Parameter(0, (int)options.InputDim, outputs);
        ReferenceBlob? bias = options.BiasTerm ? call.Parameter(1, outputs) : null;
        for (int i = 0; i < y.Count; i++)
        {
            y.Data[i] = weights[(int)x.Data[i / outputs], i % outputs] + (bias?.Data[i % outputs] ?? 0);
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int rows = random.Between(1, 9);
        var options = new EmbedParameter { NumOutput = (uint)random.Between(1, 9), InputDim = (uint)rows };
        random.Maybe(() => options.BiasTerm = random.Chance(0.3));
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, EmbedParam = options },
            Bottoms =
            [
                new(random.Shape(random.Between(1, 4), 1, 5), Fillings.Below(rows)) { HasGradient = false },
            ],
        };
    }
}
