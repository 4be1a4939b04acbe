using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>Merges the axes from axis to end_axis, inclusive.</summary>
[Reference("Flatten")]
internal sealed class FlattenReference : RearrangingReference
{
    /// <inheritdoc/>
    protected override int[] TopShape(int[] shape, LayerParameter layer)
    {
        FlattenParameter options = layer.FlattenParam ?? new FlattenParameter();
        int first = Positions.Axis(options.Axis, shape.Length), last = Positions.Axis(options.EndAxis, shape.Length);
        int[] merged = shape[first..(last + 1)];
        return [.. shape[..first], merged.Aggregate(1, (n, d) => n * d), .. shape[(last + 1)..]];
    }

    /// <inheritdoc/>
    protected override double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer) => x.Data[offset];

    /// <inheritdoc/>
    protected override int[] DrawShape(PhiloxRandom random, LayerParameter layer)
    {
        int[] shape = random.Shape(random.Between(2, 5), 1, 4);
        random.Maybe(() =>
        {
            int first = random.Next(shape.Length);
            layer.FlattenParam = new FlattenParameter { Axis = Positions.Either(random, first, shape.Length) };
            random.Maybe(() => layer.FlattenParam.EndAxis = Positions.Either(
                random, random.Between(first, shape.Length - 1), shape.Length));
        });
        return shape;
    }

    /// <inheritdoc/>
    protected override bool KeepsAnyFirstAxis(LayerParameter layer) => true;
}
