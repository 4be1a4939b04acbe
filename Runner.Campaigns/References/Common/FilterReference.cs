using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>Keeps the items whose value in the last bottom is not 0.</summary>
[Reference("Filter")]
internal sealed class FilterReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob selector = call.Bottoms[^1];
        int[] kept = [.. Enumerable.Range(0, selector.Count).Where(n => selector.Data[n] != 0)];
        for (int top = 0; top < call.Tops.Count; top++)
        {
            ReferenceBlob x = call.Bottoms[top], y = call.Top(top, [kept.Length, .. x.Shape[1..]]);
            int item = x.CountOf(1);
            for (int i = 0; i < y.Count; i++)
            {
                y.Data[i] = x.Data[(kept[i / item] * item) + (i % item)];
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int items = random.Between(1, 7), tops = random.Between(1, 3);
        Filling fill = (draws, values) =>
        {
            Fillings.Of(0, 0, 1, -1, 0.5f)(draws, values);
            values[draws.Next(values.Length)] = 1;
        };
        ReferenceBottom[] bottoms =
        [
            .. Enumerable.Range(0, tops)
                .Select(_ => random.Shape(random.Between(0, 3), 1, 4))
                .Select(rest => new ReferenceBottom([items, .. rest], Fillings.Uniform())),
        ];
        int[] selector = random.Chance(0.5) ? [items] : [items, 1, 1, 1];
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type },
            Bottoms = [.. bottoms, new ReferenceBottom(selector, fill) { HasGradient = false }],
            Tops = tops,
            Passes = random.Between(1, 3),
        };
    }
}
