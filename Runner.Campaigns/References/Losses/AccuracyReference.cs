using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Losses;

/// <summary>The share of positions where fewer than top_k other classes score as the true one, or more.</summary>
[Reference("Accuracy")]
internal sealed class AccuracyReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        AccuracyParameter options = call.Layer.AccuracyParam ?? new AccuracyParameter();
        ReferenceBlob x = call.Bottoms[0], labels = call.Bottoms[1];
        int axis = Positions.Axis(options.Axis, x.Shape.Length), classes = x.Shape[axis], inner = x.CountOf(axis + 1);
        double[] right = new double[classes], all = new double[classes];
        for (int i = 0; i < labels.Count; i++)
        {
            int label = (int)labels.Data[i], first = (i / inner * classes * inner) + (i % inner);
            if (options.HasIgnoreLabel && label == options.IgnoreLabel)
            {
                continue;
            }

            double own = x.Data[first + (label * inner)];
            int better = Enumerable.Range(0, classes).Count(k => k != label && x.Data[first + (k * inner)] >= own);
            right[label] += better < options.TopK ? 1 : 0;
            all[label]++;
        }

        call.Top(0).Data[0] = all.Sum() > 0 ? right.Sum() / all.Sum() : 0;
        for (int k = 0; k < classes && call.Tops.Count > 1; k++)
        {
            call.Top(1, classes).Data[k] = all[k] > 0 ? right[k] / all[k] : 0;
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int[] shape = random.Shape(random.Between(2, 4), 1, 5);
        int axis = 1;
        var layer = new LayerParameter { Type = type };
        random.Maybe(() =>
        {
            layer.AccuracyParam = new AccuracyParameter();
            random.Maybe(() => layer.AccuracyParam.Axis = Positions.Either(
                random, axis = random.Between(1, shape.Length - 1), shape.Length));
            random.Maybe(() => layer.AccuracyParam.TopK = (uint)random.Between(1, shape[axis]));
            random.Maybe(() => layer.AccuracyParam.IgnoreLabel = random.Next(shape[axis]));
        });
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms =
            [
                new(shape, random.Chance(0.5) ? Fillings.Of(-1, 0, 1) : Fillings.Uniform()),
                new([.. shape[..axis], .. shape[(axis + 1)..]], Fillings.Below(shape[axis])),
            ],
            Tops = random.Between(1, 2),
            HasGradient = false,
        };
    }
}
