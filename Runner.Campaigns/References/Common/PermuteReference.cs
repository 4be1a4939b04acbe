using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>Axis i of the top is axis order[i] of the bottom; those not named follow.</summary>
[Reference("Permute")]
internal sealed class PermuteReference : RearrangingReference
{
    /// <inheritdoc/>
    protected override int[] TopShape(int[] shape, LayerParameter layer) =>
        [.. Order(shape.Length, layer).Select(axis => shape[axis])];

    /// <inheritdoc/>
    protected override double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer)
    {
        var from = new int[at.Length];
        int[] order = Order(at.Length, layer);
        for (int i = 0; i < at.Length; i++)
        {
            from[order[i]] = at[i];
        }

        return x[from];
    }

    /// <inheritdoc/>
    protected override int[] DrawShape(PhiloxRandom random, LayerParameter layer)
    {
        int[] shape = random.Chance(0.1) ? [3, 17, 20, 9] : random.Shape(random.Between(1, 5), 1, 5);
        int[] axes = [.. Enumerable.Range(0, shape.Length)];
        random.Shuffle(axes);
        layer.PermuteParam = new PermuteParameter();
        layer.PermuteParam.Order.Add(axes[..random.Between(0, shape.Length)].Select(a => (uint)a));
        return shape;
    }

    /// <inheritdoc/>
    protected override bool KeepsAnyFirstAxis(LayerParameter layer) => true;

    private static int[] Order(int axes, LayerParameter layer)
    {
        int[] named = [.. (layer.PermuteParam ?? new PermuteParameter()).Order.Select(a => (int)a)];
        return [.. named, .. Enumerable.Range(0, axes).Except(named)];
    }
}
