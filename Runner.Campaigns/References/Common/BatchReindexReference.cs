using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary><c>y[i] = x[index[i]]</c>.</summary>
[Reference("BatchReindex")]
internal sealed class BatchReindexReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], index = call.Bottoms[1];
        ReferenceBlob y = call.Top(0, [index.Count, .. x.Shape[1..]]);
        int item = x.CountOf(1);
        for (int i = 0; i < y.Count; i++)
        {
            y.Data[i] = x.Data[((int)index.Data[i / item] * item) + (i % item)];
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int[] shape = random.Shape(random.Between(1, 4), 1, 5);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type },
            Bottoms =
            [
                new(shape, Fillings.Uniform()),
                new([random.Between(1, 8)], Fillings.Below(shape[0])) { HasGradient = false },
            ],
        };
    }
}
