using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>Axis i of the top is axis dim[i] of the bottom.</summary>
[Reference("Transpose")]
internal sealed class TransposeReference : RearrangingReference
{
    /// <inheritdoc/>
    protected override int[] TopShape(int[] shape, LayerParameter layer) =>
        [.. layer.TransposeParam.Dim.Select(axis => shape[axis])];

    /// <inheritdoc/>
    protected override double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer)
    {
        var from = new int[at.Length];
        for (int i = 0; i < at.Length; i++)
        {
            from[layer.TransposeParam.Dim[i]] = at[i];
        }

        return x[from];
    }

    /// <inheritdoc/>
    protected override int[] DrawShape(PhiloxRandom random, LayerParameter layer)
    {
        int[] shape = random.Chance(0.1) ? [3, 17, 20, 9] : random.Shape(random.Between(1, 5), 1, 5);
        int[] axes = [.. Enumerable.Range(0, shape.Length)];
        random.Shuffle(axes);
        layer.TransposeParam = new TransposeParameter();
        layer.TransposeParam.Dim.Add(axes);
        return shape;
    }

    /// <inheritdoc/>
    protected override bool KeepsAnyFirstAxis(LayerParameter layer) => true;
}
