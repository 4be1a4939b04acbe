using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Losses;

/// <summary>
/// <c>m_k = max(0, 1 - t_k x_k)</c> with t = 1 at the label and -1 elsewhere; <c>L = sum m / N</c>, or of squares with
/// L2.
/// </summary>
[Reference("HingeLoss")]
internal sealed class HingeLossReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0];
        bool isSquared = call.Layer.HingeLossParam is { Norm: HingeLossParameter.Types.Norm.L2 };
        int classes = x.CountOf(1);
        double sum = 0;
        for (int i = 0; i < x.Count; i++)
        {
            double t = (int)call.Bottoms[1].Data[i / classes] == i % classes ? 1 : -1;
            double margin = Math.Max(0, 1 - (t * x.Data[i]));
            sum += isSquared ? margin * margin : margin;
        }

        call.Top(0).Data[0] = sum / x.Shape[0];
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        random.Maybe(() => layer.HingeLossParam = new HingeLossParameter
        {
            Norm = random.Pick(HingeLossParameter.Types.Norm.L1, HingeLossParameter.Types.Norm.L2),
        });
        int[] shape = random.Shape(random.Between(2, 4), 1, 5);
        int classes = shape[1..].Aggregate(1, (n, d) => n * d);
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms =
            [
                new(shape, Fillings.Uniform(-2, 2)),
                new([shape[0]], Fillings.Below(classes)) { HasGradient = false },
            ],
            GradientTops = 1,
        };
    }
}
