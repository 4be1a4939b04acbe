using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary><c>a x + y</c> with a number a for each channel.</summary>
[Reference("Axpy")]
internal sealed class AxpyReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob a = call.Bottoms[0], x = call.Bottoms[1], y = call.Bottoms[2], top = call.Top(0, x.Shape);
        int inner = x.CountOf(2);
        for (int i = 0; i < x.Count; i++)
        {
            top.Data[i] = (a.Data[i / inner] * x.Data[i]) + y.Data[i];
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int[] shape = random.Chance(0.1) ? [2, 40, 15, 17] : random.Shape(random.Between(2, 5), 1, 5);
        int[] factors = random.Chance(0.5) ? shape[..2] : [shape[0], shape[1], 1, 1];
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type },
            Bottoms = [.. new[] { factors, shape, shape }.Select(s => new ReferenceBottom(s, Fillings.Uniform()))],
        };
    }
}
