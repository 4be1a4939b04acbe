using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Losses;

/// <summary>
/// The share of the pixels that are right; its mean over the classes that occur; and the intersection over the union in
/// the mean of all classes, 1 for one that is neither there nor predicted.
/// </summary>
[Reference("SegAccuracy")]
internal sealed class SegAccuracyReference : IReferenceLayer, IReferenceCases
{
    private const string Counts = "counts";

    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        SegAccuracyParameter options = call.Layer.SegAccuracyParam ?? new SegAccuracyParameter();
        ReferenceBlob x = call.Bottoms[0], labels = call.Bottoms[1];
        int classes = x.Shape[1];
        double[] counts = !options.Reset && call.State.TryGetValue(Counts, out double[]? before)
            ? before
            : new double[classes * classes];
        foreach (int[] at in Positions.Of(labels.Shape))
        {
            int label = (int)labels[at], best = 0;
            if (options.IgnoreLabel.Contains(label))
            {
                continue;
            }

            for (int k = 1; k < classes; k++)
            {
                best = x[at[0], k, at[2], at[3]] >= x[at[0], best, at[2], at[3]] ? k : best;
            }

            counts[(label * classes) + best]++;
        }

        call.State[Counts] = counts;
        double right = 0, shares = 0, overlaps = 0, occurring = 0;
        for (int k = 0; k < classes; k++)
        {
            double hits = counts[(k * classes) + k];
            double labelled = Enumerable.Range(0, classes).Sum(j => counts[(k * classes) + j]);
            double predicted = Enumerable.Range(0, classes).Sum(j => counts[(j * classes) + k]);
            right += hits;
            shares += labelled > 0 ? hits / labelled : 0;
            occurring += labelled > 0 ? 1 : 0;
            overlaps += labelled + predicted > 0 ? hits / (labelled + predicted - hits) : 1;
        }

        ReferenceBlob y = call.Top(0, 1, 1, 1, 3);
        y.Data[0] = counts.Sum() > 0 ? right / counts.Sum() : 0;
        y.Data[1] = occurring > 0 ? shares / occurring : 0;
        y.Data[2] = overlaps / classes;
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int[] shape = random.Shape(4, 1, 5);
        var layer = new LayerParameter { Type = type };
        random.Maybe(() =>
        {
            layer.SegAccuracyParam = new SegAccuracyParameter();
            random.Maybe(() => layer.SegAccuracyParam.IgnoreLabel.Add(random.Next(shape[1])));
            random.Maybe(() => layer.SegAccuracyParam.IgnoreLabel.Add(255));
            random.Maybe(() => layer.SegAccuracyParam.Reset = random.Chance(0.3));
        });
        float[] labels = layer.SegAccuracyParam is { } options && options.IgnoreLabel.Contains(255) ? [255] : [];
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms =
            [
                new(shape, random.Chance(0.5) ? Fillings.Of(-1, 0, 1) : Fillings.Uniform()),
                new(
                    [shape[0], 1, shape[2], shape[3]],
                    Fillings.Of([.. labels, .. Enumerable.Range(0, shape[1]).Select(l => (float)l)])),
            ],
            HasGradient = false,
            Passes = random.Between(1, 3),
        };
    }
}
