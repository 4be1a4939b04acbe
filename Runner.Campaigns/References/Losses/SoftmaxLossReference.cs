using Cnn.Campaigns.References.Common;
using Cnn.Fillers;
using Cnn.Proto;
using Mode = Cnn.Proto.LossParameter.Types.NormalizationMode;

namespace Cnn.Campaigns.References.Losses;

/// <summary>
/// <c>L = -sum t_k log p_k / Z</c> of a softmax, where the target t is 1 at the label, or smoothed, and each label may
/// have a weight; with the probabilities and, with OHEM, the loss of each position as further tops.
/// </summary>
[Reference("SoftmaxWithLoss", "SoftmaxWithLossOHEM")]
internal sealed class SoftmaxLossReference : IReferenceLayer, IReferenceCases
{
    private const double LeastProbability = 1.17549435e-38;

    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], labels = call.Bottoms[1];
        LossParameter options = call.Layer.LossParam ?? new LossParameter();
        int axis = Positions.Axis((call.Layer.SoftmaxParam ?? new SoftmaxParameter()).Axis, x.Shape.Length);
        int classes = x.Shape[axis], inner = x.CountOf(axis + 1), outer = x.CountOf(0, axis);
        ReferenceBlob p = SoftmaxReference.Probabilities(x, axis);
        double sum = 0;
        int valid = 0;
        for (int i = 0; i < labels.Count; i++)
        {
            int label = (int)labels.Data[i];
            if (LossNormalizer.Ignores(options, label))
            {
                continue;
            }

            valid++;
            double loss = 0, e = options.LabelSmoothing;
            for (int k = 0; k < classes; k++)
            {
                double target = (k == label ? 1 - e : 0) + (e / classes);
                double value = p.Data[(((i / inner * classes) + k) * inner) + (i % inner)];
                loss -= target == 0 ? 0 : target * Math.Log(Math.Max(value, LeastProbability));
            }

            loss *= options.WeightByLabelFreqs ? options.ClassWeighting[label] : 1;
            sum += loss;
            if (call.Tops.Count > 2)
            {
                call.Top(2, labels.Shape).Data[i] = loss;
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
        bool isOhem = type == "SoftmaxWithLossOHEM";
        int[] shape = random.Chance(0.1) ? [3, 20, 7, 9] : random.Shape(random.Between(2, 4), 1, 5);
        int axis = random.Chance(0.7) ? 1 : random.Between(1, shape.Length - 1), classes = shape[axis];
        var layer = new LayerParameter { Type = type, LossParam = LossNormalizer.Draw(random, classes) };
        if (axis != 1 || random.Chance(0.3))
        {
            layer.SoftmaxParam = new SoftmaxParameter { Axis = Positions.Either(random, axis, shape.Length) };
        }

        if (!isOhem && random.Chance(0.4))
        {
            layer.LossParam ??= new LossParameter();
            // The product refuses the two together.
            if (random.Chance(0.5))
            {
                layer.LossParam.LabelSmoothing = random.Pick(0, 0.1f, 0.4f);
            }
            else
            {
                layer.LossParam.WeightByLabelFreqs = random.Chance(0.8);
                layer.LossParam.ClassWeighting.Add(Enumerable.Range(0, classes).Select(_ => random.Between(0.2f, 3)));
            }
        }

        int[] labels = random.Chance(0.5) || shape.Length == 2
            ? [.. shape[..axis], .. shape[(axis + 1)..]]
            : [.. shape[..axis], 1, .. shape[(axis + 1)..]];
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms =
            [
                new(shape, random.Chance(0.2) ? Fillings.Uniform(-25, 25) : Fillings.Uniform(-3, 3)),
                new(labels, LossNormalizer.Labels(layer.LossParam, classes)) { HasGradient = false },
            ],
            Tops = random.Between(1, isOhem ? 3 : 2),
            GradientTops = 1,
            Passes = random.Between(1, 2),
        };
    }
}
