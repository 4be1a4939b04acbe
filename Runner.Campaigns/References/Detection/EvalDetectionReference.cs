using Cnn.Fillers;
using Cnn.Proto;
using Score = Cnn.Proto.EvalDetectionParameter.Types.ScoreType;

namespace Cnn.Campaigns.References.Detection;

/// <summary>
/// The boxes of a YOLO v2 map against objects: of each image the number of objects of each class, then rows (class,
/// score, hit, miss) of the boxes that overlap no better one, by class and score, then zeros.
/// </summary>
[Reference("EvalDetection")]
internal sealed class EvalDetectionReference : IReferenceLayer, IReferenceCases
{
    private const double LeastScore = 0.005f;

    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        EvalDetectionParameter options = call.Layer.EvalDetectionParam;
        ReferenceBlob map = call.Bottoms[0];
        int classes = (int)options.NumClass, images = map.Shape[0];
        int size = classes + (map.CountOf(2) * (int)options.NumObject * 4);
        ReferenceBlob y = call.Top(0, images, size);
        for (int image = 0; image < images; image++)
        {
            YoloTruth[] truths = YoloTruth.Of(call.Bottoms[1], image);
            List<double> values = [.. Enumerable.Range(0, classes).Select(c => truths.Count(t => t.Label == c))];
            foreach (var group in Found(options, map, image).GroupBy(f => f.Class).OrderBy(g => g.Key))
            {
                AddRows(options, group, [.. truths.Where(t => t.Label == group.Key)], values);
            }

            values.CopyTo(y.Data, image * size);
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int images = random.Between(1, 3), classes = random.Between(1, 4), boxes = random.Between(1, 3);
        int side = random.Between(1, 4);
        var options = new EvalDetectionParameter
        {
            NumClass = (uint)classes, NumObject = (uint)boxes, Side = (uint)side,
        };
        options.Biases.Add(Enumerable.Range(0, 2 * boxes).Select(_ => random.Between(0.3f, 3)));
        options.Nms = random.Pick(0.2f, 0.45f, 0.9f, 1.5f);
        if (random.Chance(0.05))
        {
            options.Nms = -1;
        }

        random.Maybe(() => options.Threshold = random.Pick(0.1f, 0.3f, 0.6f));
        random.Maybe(() => options.ScoreType = random.Pick(Score.Obj, Score.Prob, Score.Multiply));
        random.Maybe(() => options.Sqrt = random.Chance(0.5));
        random.Maybe(() => options.Constriant = random.Chance(0.5));
        bool isSure = random.Chance(0.8);
        List<ReferenceBottom> bottoms =
        [
            new(
                [images, boxes * (5 + classes), side, side],
                isSure ? Fillings.Uniform(-2, 2) : Fillings.Uniform(-8, 2)),
            YoloTruth.Labels(random, images, classes, random.Chance(0.7)),
        ];
        random.Maybe(() => bottoms.Add(new([images, 3, 2, 2], Fillings.Uniform())));
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, EvalDetectionParam = options },
            Bottoms = bottoms,
            HasGradient = false,
            Passes = random.Between(1, 2),
        };
    }

    // The boxes of an image that overlap no better one of any class, the best first; none without a threshold.
    private static List<(int Class, double Score, Box Box)> Found(
        EvalDetectionParameter options, ReferenceBlob map, int image)
    {
        var cells = new YoloCells(map, (int)options.NumObject, (int)options.NumClass);
        List<(int Class, double Score, Box Box)> all = [], kept = [];
        foreach (int[] at in cells.Boxes(image))
        {
            double[] shares = cells.Softmax(at);
            double objectness = cells.Sigmoid(at, YoloCells.Objectness), share = shares.Max();
            double score = options.ScoreType switch
            {
                Score.Obj => objectness,
                Score.Prob => share,
                _ => objectness * share,
            };
            Box box = cells.Box(at, (
                options.Biases[2 * at[3]] / (double)cells.Width,
                options.Biases[(2 * at[3]) + 1] / (double)cells.Height));
            all.Add((Array.IndexOf(shares, share), score, box));
        }

        foreach (var found in options.Nms < 0 ? [] : InOrder(options, all))
        {
            if (kept.TrueForAll(k => Rounding.IsAbove(options.Nms, k.Box.Overlap(found.Box))))
            {
                kept.Add(found);
            }
        }

        kept.RemoveAll(k => Rounding.IsAbove(LeastScore, k.Score));
        return kept;
    }

    // With one class each probability is 1, and the cells' order stays.
    private static IReadOnlyList<(int Class, double Score, Box Box)> InOrder(
        EvalDetectionParameter options, IReadOnlyList<(int Class, double Score, Box Box)> all) =>
        options is { ScoreType: Score.Prob, NumClass: 1 } ? all : Rounding.Descending(all, f => f.Score);

    private static void AddRows(
        EvalDetectionParameter options, IEnumerable<(int Class, double Score, Box Box)> found, YoloTruth[] truths,
        List<double> rows)
    {
        HashSet<YoloTruth> hit = new(ReferenceEqualityComparer.Instance);
        foreach (var (label, score, box) in found)
        {
            double Overlap(YoloTruth truth) => truth.Box.Overlap(box);
            YoloTruth? best = truths.Length == 0 ? null : Best(truths, Overlap);
            bool isNear = best is not null && Rounding.IsAbove(Overlap(best), options.Threshold);
            bool isHit = isNear && hit.Add(best!);
            rows.AddRange([label, score, isHit ? 1 : 0, best is null || (isNear && !isHit) ? 1 : 0]);
        }
    }

    private static YoloTruth Best(YoloTruth[] truths, Func<YoloTruth, double> overlap) =>
        Rounding.Largest(truths, overlap)!;
}
