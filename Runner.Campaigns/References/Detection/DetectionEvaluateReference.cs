using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Detection;

/// <summary>
/// Detections against objects: rows of the numbers of objects, then a row (image, class, score, right, wrong) for each.
/// </summary>
[Reference("DetectionEvaluate")]
internal sealed class DetectionEvaluateReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        DetectionEvaluateParameter options = call.Layer.DetectionEvaluateParam;
        double[][] found = Rows(call.Bottoms[0], 7), objects = [.. Rows(call.Bottoms[1], 8).TakeWhile(o => o[0] != -1)];
        bool countsAll = options.EvaluateDifficultGt;
        List<double> rows = [];
        foreach (int c in Enumerable.Range(0, (int)options.NumClasses).Where(c => c != options.BackgroundLabelId))
        {
            rows.AddRange([-1, c, objects.Count(o => o[1] == c && (countsAll || o[7] == 0)), -1, -1]);
        }

        foreach (var group in found.Where(d => d[0] != -1 && d[1] != -1)
            .GroupBy(d => (Image: d[0], Class: d[1])).OrderBy(g => g.Key.Image).ThenBy(g => g.Key.Class))
        {
            double[][] there = [.. objects.Where(o => o[0] == group.Key.Image && o[1] == group.Key.Class)];
            HashSet<double[]> taken = [];
            foreach (double[] d in there.Length > 0 ? group.OrderByDescending(d => d[2]) : group.AsEnumerable())
            {
                double[]? best = there.MaxBy(o => Box.Of(o, 3).Overlap(Box.Of(d, 3)));
                bool isNear = best is not null
                    && Rounding.IsAbove(Box.Of(best, 3).Overlap(Box.Of(d, 3)), options.OverlapThreshold);
                bool isLeftOut = isNear && best![7] != 0 && !countsAll;
                bool isRight = isNear && !isLeftOut && taken.Add(best!);
                rows.AddRange([d[0], d[1], d[2], isRight ? 1 : 0, isRight || isLeftOut ? 0 : 1]);
            }
        }

        rows.CopyTo(call.Top(0, 1, 1, rows.Count / 5, 5).Data);
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int classes = random.Between(2, 4);
        var options = new DetectionEvaluateParameter { NumClasses = (uint)classes };
        random.Maybe(() => options.OverlapThreshold = random.Pick(0.2f, 0.5f, 0.7f));
        random.Maybe(() => options.EvaluateDifficultGt = random.Chance(0.4));
        Filling detections = (draws, values) =>
        {
            for (int r = 0; r < values.Length; r += 7)
            {
                values[r] = draws.Between(0, 2);
                values[r + 1] = draws.Between(1, classes - 1);
                values[r + 2] = draws.NextSingle();
                RegionDraws.Box(draws, values.AsSpan(r + 3, 4));
            }
        };
        Filling objects = (draws, values) =>
        {
            for (int r = 0; r < values.Length; r += 8)
            {
                values[r] = draws.Between(0, 2);
                values[r + 1] = draws.Between(1, classes - 1);
                RegionDraws.Box(draws, values.AsSpan(r + 3, 4));
                values[r + 7] = draws.Chance(0.3) ? 1 : 0;
            }
        };
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, DetectionEvaluateParam = options },
            Bottoms =
            [
                new([1, 1, random.Between(1, 40), 7], detections),
                new([1, 1, random.Between(1, 20), 8], objects),
            ],
            HasGradient = false,
        };
    }

    private static double[][] Rows(ReferenceBlob blob, int size) => [.. blob.Data.Chunk(size)];
}
