using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>Channel g (C / G) + i goes to i G + g.</summary>
[Reference("ShuffleChannel")]
internal sealed class ShuffleChannelReference : RearrangingReference
{
    /// <inheritdoc/>
    protected override int[] TopShape(int[] shape, LayerParameter layer) => shape;

    /// <inheritdoc/>
    protected override double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer)
    {
        int groups = (int)(layer.ShuffleChannelParam ?? new ShuffleChannelParameter()).Group;
        int g = at[1] % groups, i = at[1] / groups;
        int[] from = [.. at];
        from[1] = (g * (x.Shape[1] / groups)) + i;
        return x[from];
    }

    /// <inheritdoc/>
    protected override int[] DrawShape(PhiloxRandom random, LayerParameter layer)
    {
        int[] shape = random.Shape(4, 1, 5);
        random.Maybe(() =>
        {
            int groups = random.Between(1, 4);
            layer.ShuffleChannelParam = new ShuffleChannelParameter { Group = (uint)groups };
            shape[1] = groups * random.Between(1, 4);
        });
        return shape;
    }

    /// <inheritdoc/>
    protected override bool KeepsAnyFirstAxis(LayerParameter layer) => true;
}
