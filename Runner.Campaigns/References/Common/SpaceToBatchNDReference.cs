using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>
/// With zeros around, position p of an axis with blocks of b belongs to place p mod b of block p / b; item (place, n)
/// of the top has the blocks' values at that place.
/// </summary>
[Reference("SpaceToBatchND")]
internal sealed class SpaceToBatchNDReference : RearrangingReference
{
    /// <inheritdoc/>
    protected override int[] TopShape(int[] shape, LayerParameter layer)
    {
        int[] blocks = Blocks(layer);
        int[] top = [.. shape];
        for (int i = 0; i < blocks.Length; i++)
        {
            top[0] *= blocks[i];
            top[i + 1] = (shape[i + 1] + Padding(layer, 2 * i) + Padding(layer, (2 * i) + 1)) / blocks[i];
        }

        return top;
    }

    /// <inheritdoc/>
    protected override double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer)
    {
        int[] blocks = Blocks(layer), from = [.. at];
        from[0] = at[0] % x.Shape[0];
        int place = at[0] / x.Shape[0];
        for (int i = blocks.Length - 1; i >= 0; i--)
        {
            from[i + 1] = (at[i + 1] * blocks[i]) + (place % blocks[i]) - Padding(layer, 2 * i);
            place /= blocks[i];
            if (from[i + 1] < 0 || from[i + 1] >= x.Shape[i + 1])
            {
                return 0;
            }
        }

        return x[from];
    }

    /// <inheritdoc/>
    protected override int[] DrawShape(PhiloxRandom random, LayerParameter layer)
    {
        int axes = random.Between(2, 4), blocked = random.Between(1, axes - 1);
        int[] shape = random.Shape(axes, 1, 4);
        layer.SpaceToBatchNdParam = new SpaceToBatchNDParameter();
        for (int i = 1; i <= blocked; i++)
        {
            int block = random.Between(1, 3), before = random.Between(0, 2), after = random.Between(0, 2);
            layer.SpaceToBatchNdParam.BlockShape.Add((uint)block);
            after += (block - ((shape[i] + before + after) % block)) % block;
            layer.SpaceToBatchNdParam.Paddings.Add([(uint)before, (uint)after]);
        }

        return shape;
    }

    /// <inheritdoc/>
    protected override bool KeepsAnyFirstAxis(LayerParameter layer) => true;

    private static int[] Blocks(LayerParameter layer) => [.. layer.SpaceToBatchNdParam.BlockShape.Select(b => (int)b)];

    private static int Padding(LayerParameter layer, int i) => (int)layer.SpaceToBatchNdParam.Paddings[i];
}
