using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>
/// Item (place, n) of the bottom has the values at that place of the blocks of item n of the top, whose border is cut
/// off.
/// </summary>
[Reference("BatchToSpaceND")]
internal sealed class BatchToSpaceNDReference : RearrangingReference
{
    /// <inheritdoc/>
    protected override int[] TopShape(int[] shape, LayerParameter layer)
    {
        int[] blocks = Blocks(layer);
        int[] top = [.. shape];
        for (int i = 0; i < blocks.Length; i++)
        {
            top[0] /= blocks[i];
            top[i + 1] = (shape[i + 1] * blocks[i]) - Crop(layer, 2 * i) - Crop(layer, (2 * i) + 1);
        }

        return top;
    }

    /// <inheritdoc/>
    protected override double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer)
    {
        int[] blocks = Blocks(layer), from = [.. at];
        int place = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            int position = at[i + 1] + Crop(layer, 2 * i);
            from[i + 1] = position / blocks[i];
            place = (place * blocks[i]) + (position % blocks[i]);
        }

        from[0] = (place * (x.Shape[0] / blocks.Aggregate(1, (n, b) => n * b))) + at[0];
        return x[from];
    }

    /// <inheritdoc/>
    protected override int[] DrawShape(PhiloxRandom random, LayerParameter layer)
    {
        int axes = random.Between(2, 4), blocked = random.Between(1, axes - 1);
        int[] shape = random.Shape(axes, 1, 4);
        layer.BatchToSpaceNdParam = new BatchToSpaceNDParameter();
        for (int i = 1; i <= blocked; i++)
        {
            int block = random.Between(1, 3), most = (block * shape[i]) - 1;
            int before = random.Between(0, Math.Min(2, most)), after = random.Between(0, Math.Min(2, most - before));
            layer.BatchToSpaceNdParam.BlockShape.Add((uint)block);
            layer.BatchToSpaceNdParam.Crops.Add([(uint)before, (uint)after]);
            shape[0] *= block;
        }

        return shape;
    }

    private static int[] Blocks(LayerParameter layer) => [.. layer.BatchToSpaceNdParam.BlockShape.Select(b => (int)b)];

    private static int Crop(LayerParameter layer, int i) => (int)layer.BatchToSpaceNdParam.Crops[i];
}
