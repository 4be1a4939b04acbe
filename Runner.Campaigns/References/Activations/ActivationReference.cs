using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary>A function of each value alone.</summary>
internal abstract class ActivationReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], y = call.Top(0, x.Shape);
        for (int i = 0; i < x.Count; i++)
        {
            y.Data[i] = Value(x.Data[i], call.Layer);
        }
    }

    /// <inheritdoc/>
    public virtual ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        SetOptions(random, layer);
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms = [new ReferenceBottom(ActivationDraws.Shape(random), Fill(random, layer))
            {
                LaterShape = random.Chance(0.2) ? ActivationDraws.Shape(random) : null,
            }],
            InPlace = WorksInPlace(layer) && random.Chance(0.3),
            HasGradient = HasGradient,
            Passes = random.Between(1, 2),
        };
    }

    /// <summary>Whether the layer has a gradient.</summary>
    protected virtual bool HasGradient => true;

    /// <summary>Returns the function's value.</summary>
    protected abstract double Value(double x, LayerParameter layer);

    /// <summary>Draws the options.</summary>
    protected virtual void SetOptions(PhiloxRandom random, LayerParameter layer)
    {
    }

    /// <summary>Returns how the bottom is filled.</summary>
    protected virtual Filling Fill(PhiloxRandom random, LayerParameter layer) => ActivationDraws.Fill(random);

    /// <summary>Returns whether the layer works in place with these options.</summary>
    protected virtual bool WorksInPlace(LayerParameter layer) => true;
}
