using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>Repeats everything from axis on, block after block.</summary>
[Reference("Tile")]
internal sealed class TileReference : RearrangingReference
{
    /// <inheritdoc/>
    protected override int[] TopShape(int[] shape, LayerParameter layer)
    {
        int[] top = [.. shape];
        top[Positions.Axis(layer.TileParam.Axis, shape.Length)] *= layer.TileParam.Tiles;
        return top;
    }

    /// <inheritdoc/>
    protected override double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer)
    {
        int axis = Positions.Axis(layer.TileParam.Axis, at.Length);
        int[] from = [.. at];
        from[axis] = at[axis] % x.Shape[axis];
        return x[from];
    }

    /// <inheritdoc/>
    protected override int[] DrawShape(PhiloxRandom random, LayerParameter layer)
    {
        int[] shape = random.Shape(random.Between(2, 4), 1, 4);
        layer.TileParam = new TileParameter { Tiles = random.Between(1, 4) };
        random.Maybe(() => layer.TileParam.Axis = Positions.Either(random, random.Next(shape.Length), shape.Length));
        return shape;
    }

    /// <inheritdoc/>
    protected override bool KeepsAnyFirstAxis(LayerParameter layer) => true;
}
