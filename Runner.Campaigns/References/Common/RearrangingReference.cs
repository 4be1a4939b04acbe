using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>Each value of the top is one of the bottom, or a constant.</summary>
internal abstract class RearrangingReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], y = call.Top(0, TopShape(x.Shape, call.Layer));
        foreach (int[] at in Positions.Of(y.Shape))
        {
            y[at] = Value(x, at, y.Offset(at), call.Layer);
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        int[] shape = DrawShape(random, layer);
        bool changes = KeepsAnyFirstAxis(layer) && random.Chance(0.2);
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms =
            [
                new(shape, Fillings.Uniform(-2, 2))
                {
                    LaterShape = changes ? [random.Between(1, 5), .. shape[1..]] : null,
                },
            ],
            Passes = random.Between(1, 2),
        };
    }

    /// <summary>Returns the top's shape.</summary>
    protected abstract int[] TopShape(int[] shape, LayerParameter layer);

    /// <summary>Returns the value at a place of the top, whose position in its data is given, too.</summary>
    protected abstract double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer);

    /// <summary>Draws the options and the bottom's shape.</summary>
    protected abstract int[] DrawShape(PhiloxRandom random, LayerParameter layer);

    /// <summary>Returns whether the first axis may have any size with these options.</summary>
    protected virtual bool KeepsAnyFirstAxis(LayerParameter layer) => false;
}
