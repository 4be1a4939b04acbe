using Cnn.Fillers;
using Cnn.Proto;
using Code = Cnn.Proto.PriorBoxParameter.Types.CodeType;

namespace Cnn.Campaigns.References.Detection;

/// <summary>
/// SSD's detections: decoded boxes by image, class and score, without those that overlap a better one of their class,
/// and the best of each image.
/// </summary>
[Reference("DetectionOutput")]
internal sealed class DetectionOutputReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        DetectionOutputParameter options = call.Layer.DetectionOutputParam;
        int items = call.Bottoms[0].Shape[0];
        List<double> rows = [];
        for (int n = 0; n < items; n++)
        {
            List<(double Score, int Class, Box Box)> found = [];
            for (int c = 0; c < options.NumClasses; c++)
            {
                if (c != options.BackgroundLabelId)
                {
                    found.AddRange(OfClass(call, n, c));
                }
            }

            if (options.KeepTopK > -1 && found.Count > options.KeepTopK)
            {
                found = [.. found.OrderByDescending(f => f.Score).Take(options.KeepTopK)];
            }

            foreach (var (score, c, box) in found.OrderBy(f => f.Class).ThenByDescending(f => f.Score))
            {
                rows.AddRange([n, c, score, box.X1, box.Y1, box.X2, box.Y2]);
            }
        }

        if (rows.Count == 0)
        {
            rows.AddRange(Enumerable.Range(0, items).SelectMany(n => new double[] { n, -1, -1, -1, -1, -1, -1 }));
        }

        rows.CopyTo(call.Top(0, 1, 1, rows.Count / 7, 7).Data);
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int classes = random.Between(2, 4), priors = random.Between(1, 12), items = random.Between(1, 3);
        var options = new DetectionOutputParameter { NumClasses = (uint)classes };
        random.Maybe(() => options.ShareLocation = random.Chance(0.3));
        random.Maybe(() => options.BackgroundLabelId = options.ShareLocation
            ? random.Next(classes)
            : random.Between(-1, classes - 1));
        random.Maybe(() => options.CodeType = random.Pick(Code.Corner, Code.CenterSize, Code.CornerSize));
        random.Maybe(() => options.KeepTopK = random.Between(0, 8));
        random.Maybe(() => options.VarianceEncodedInTarget = random.Chance(0.5));
        random.Maybe(() => options.ConfidenceThreshold = random.Pick(0.1f, 0.4f, 0.8f));
        random.Maybe(() =>
        {
            options.NmsParam = new NonMaximumSuppressionParameter();
            random.Maybe(() => options.NmsParam.NmsThreshold = random.Pick(0.1f, 0.45f, 0.9f));
            random.Maybe(() => options.NmsParam.TopK = random.Between(1, 8));
            random.Maybe(() => options.NmsParam.Eta = random.Pick(0.5f, 0.9f, 1));
        });
        int locations = options.ShareLocation ? 1 : classes;
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, DetectionOutputParam = options },
            Bottoms =
            [
                new([items, priors * locations * 4], Fillings.Uniform()),
                new([items, priors * classes], Fillings.Uniform(0, 1)),
                new([1, 2, priors * 4], RegionDraws.Priors()),
            ],
            HasGradient = false,
        };
    }

    private static List<(double Score, int Class, Box Box)> OfClass(ReferenceCall call, int n, int c)
    {
        DetectionOutputParameter options = call.Layer.DetectionOutputParam;
        NonMaximumSuppressionParameter suppression = options.NmsParam ?? new NonMaximumSuppressionParameter();
        int classes = (int)options.NumClasses, priors = call.Bottoms[2].Count / 8;
        double Score(int p) => call.Bottoms[1].Data[(((n * priors) + p) * classes) + c];
        IEnumerable<int> candidates = Enumerable.Range(0, priors)
            .Where(p => !options.HasConfidenceThreshold || Score(p) > options.ConfidenceThreshold)
            .OrderByDescending(Score);
        if (suppression.HasTopK && suppression.TopK > -1)
        {
            candidates = candidates.Take(suppression.TopK);
        }

        double threshold = suppression.NmsThreshold;
        List<(double Score, int Class, Box Box)> kept = [];
        foreach (int p in candidates)
        {
            Box box = Decode(call, n, options.ShareLocation ? 0 : c, p);
            if (kept.TrueForAll(k => !Rounding.IsAbove(k.Box.Overlap(box), threshold)))
            {
                kept.Add((Score(p), c, box));
                threshold *= suppression.Eta < 1 && threshold > 0.5 ? suppression.Eta : 1;
            }
        }

        return kept;
    }

    private static Box Decode(ReferenceCall call, int n, int location, int p)
    {
        DetectionOutputParameter options = call.Layer.DetectionOutputParam;
        double[] priors = call.Bottoms[2].Data;
        int locations = options.ShareLocation ? 1 : (int)options.NumClasses, count = priors.Length / 8;
        double[] l = call.Bottoms[0].Data[(((((n * count) + p) * locations) + location) * 4)..];
        double[] given = priors[((priors.Length / 2) + (p * 4))..];
        return PriorCode.Decode(
            options.CodeType, Box.Of(priors, p * 4), options.VarianceEncodedInTarget ? [1, 1, 1, 1] : given, l);
    }
}
