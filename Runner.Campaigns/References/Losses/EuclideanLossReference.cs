using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Losses;

/// <summary><c>L = sum (x0 - x1)^2 / (2 N)</c>.</summary>
[Reference("EuclideanLoss")]
internal sealed class EuclideanLossReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        double sum = call.Bottoms[0].Data.Zip(call.Bottoms[1].Data, (a, b) => (a - b) * (a - b)).Sum();
        call.Top(0).Data[0] = sum / (2 * call.Bottoms[0].Shape[0]);
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int[] shape = random.Chance(0.1) ? [5, 20, 9, 11] : random.Shape(random.Between(1, 4), 1, 6);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type },
            Bottoms = [new(shape, Fillings.Uniform()), new(shape, Fillings.Uniform())],
            GradientTops = 1,
            Passes = random.Between(1, 2),
        };
    }
}
