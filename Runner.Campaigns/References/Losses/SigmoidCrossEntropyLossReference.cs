using Cnn.Fillers;
using Cnn.Proto;
using Mode = Cnn.Proto.LossParameter.Types.NormalizationMode;

namespace Cnn.Campaigns.References.Losses;

/// <summary><c>L = sum [max(x, 0) - x t + log(1 + e^-|x|)] / Z</c>.</summary>
[Reference("SigmoidCrossEntropyLoss")]
internal sealed class SigmoidCrossEntropyLossReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        double[] x = call.Bottoms[0].Data, targets = call.Bottoms[1].Data;
        double sum = 0;
        int valid = 0;
        for (int i = 0; i < x.Length; i++)
        {
            if (!LossNormalizer.Ignores(call.Layer.LossParam, targets[i]))
            {
                valid++;
                sum += Math.Max(x[i], 0) - (x[i] * targets[i]) + Math.Log(1 + Math.Exp(-Math.Abs(x[i])));
            }
        }

        int items = call.Bottoms[0].Shape[0];
        call.Top(0).Data[0] = sum / LossNormalizer.Of(call.Layer.LossParam, Mode.BatchSize, items, x.Length, valid);
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int[] shape = random.Shape(random.Between(1, 4), 1, 5);
        Filling targets = random.Chance(0.4) ? Fillings.Uniform(0, 1) : Fillings.Of(0, 1, 0.3f);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, LossParam = LossNormalizer.Draw(random, 1) },
            Bottoms =
            [
                new(shape, random.Chance(0.2) ? Fillings.Uniform(-30, 30) : Fillings.Uniform(-3, 3)),
                new(shape, targets) { HasGradient = false },
            ],
            GradientTops = 1,
        };
    }
}
