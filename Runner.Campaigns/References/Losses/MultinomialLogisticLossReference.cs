using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Losses;

/// <summary><c>L = -sum log(max(p_label, 1e-20)) / N</c>.</summary>
[Reference("MultinomialLogisticLoss")]
internal sealed class MultinomialLogisticLossReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob p = call.Bottoms[0];
        int classes = p.CountOf(1);
        double sum = 0;
        for (int n = 0; n < p.Shape[0]; n++)
        {
            sum -= Math.Log(Math.Max(p.Data[(n * classes) + (int)call.Bottoms[1].Data[n]], 1e-20));
        }

        call.Top(0).Data[0] = sum / p.Shape[0];
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int[] shape = random.Shape(random.Between(2, 4), 1, 5);
        int classes = shape[1..].Aggregate(1, (n, d) => n * d);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type },
            Bottoms =
            [
                new(shape, Fillings.Uniform(0.02f, 1)),
                new([shape[0]], Fillings.Below(classes)) { HasGradient = false },
            ],
            GradientTops = 1,
        };
    }
}
