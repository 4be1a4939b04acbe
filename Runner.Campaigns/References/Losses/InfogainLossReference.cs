using Cnn.Campaigns.References.Common;
using Cnn.Fillers;
using Cnn.Proto;
using Mode = Cnn.Proto.LossParameter.Types.NormalizationMode;

namespace Cnn.Campaigns.References.Losses;

/// <summary><c>L = -sum_i sum_k H[label_i, k] log p_k / Z</c> of a softmax.</summary>
[Reference("InfogainLoss")]
internal sealed class InfogainLossReference : IReferenceLayer, IReferenceCases
{
    private const double LeastProbability = 1e-20;

    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], labels = call.Bottoms[1], matrix = call.Bottoms[2];
        int axis = Positions.Axis((call.Layer.InfogainLossParam ?? new InfogainLossParameter()).Axis, x.Shape.Length);
        int classes = x.Shape[axis], inner = x.CountOf(axis + 1), outer = x.CountOf(0, axis);
        ReferenceBlob p = SoftmaxReference.Probabilities(x, axis);
        double sum = 0;
        int valid = 0;
        for (int i = 0; i < labels.Count; i++)
        {
            int label = (int)labels.Data[i];
            if (LossNormalizer.Ignores(call.Layer.LossParam, label))
            {
                continue;
            }

            valid++;
            for (int k = 0; k < classes; k++)
            {
                double value = p.Data[(((i / inner * classes) + k) * inner) + (i % inner)];
                sum -= matrix.Data[(label * classes) + k] * Math.Log(Math.Max(value, LeastProbability));
            }
        }

        call.Top(0).Data[0] = sum / LossNormalizer.Of(call.Layer.LossParam, Mode.Valid, outer, outer * inner, valid);
        if (call.Tops.Count > 1)
        {
            p.Data.CopyTo(call.Top(1, x.Shape).Data, 0);
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int[] shape = random.Shape(random.Between(2, 4), 1, 5);
        int axis = random.Chance(0.7) ? 1 : random.Between(1, shape.Length - 1), classes = shape[axis];
        LossParameter? loss = LossNormalizer.Draw(random, classes, hasNormalize: false);
        var layer = new LayerParameter { Type = type, LossParam = loss };
        if (axis != 1 || random.Chance(0.3))
        {
            layer.InfogainLossParam = new InfogainLossParameter { Axis = Positions.Either(random, axis, shape.Length) };
        }

        return new ReferenceCase
        {
            Layer = layer,
            Bottoms =
            [
                new(shape, Fillings.Uniform(-4, 4)),
                new([.. shape[..axis], .. shape[(axis + 1)..]], LossNormalizer.Labels(layer.LossParam, classes))
                {
                    HasGradient = false,
                },
                new(random.Chance(0.5) ? [classes, classes] : [1, 1, classes, classes], Fillings.Uniform(0, 2))
                {
                    HasGradient = false,
                },
            ],
            Tops = random.Between(1, 2),
            GradientTops = 1,
        };
    }
}
