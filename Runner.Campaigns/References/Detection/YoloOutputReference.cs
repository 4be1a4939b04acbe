using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Detection;

/// <summary>
/// YoloDetectionOutput and Yolov3DetectionOutput: boxes of all images together, by score, without those that overlap a
/// better one, as rows (0, class + 1, score, corners).
/// </summary>
[Reference("YoloDetectionOutput", "Yolov3DetectionOutput")]
internal sealed class YoloOutputReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        List<(double Score, int Class, Box Box)> boxes = [], kept = [];
        double most;
        if (call.Layer.Type == "YoloDetectionOutput")
        {
            AddSecond(call.Layer.YoloDetectionOutputParam, call.Bottoms[0], boxes);
            most = call.Layer.YoloDetectionOutputParam.NmsThreshold;
        }
        else
        {
            AddThird(call.Layer.Yolov3DetectionOutputParam, call.Bottoms, boxes);
            most = call.Layer.Yolov3DetectionOutputParam.NmsThreshold;
        }

        foreach (var box in Rounding.Descending(boxes, b => b.Score))
        {
            if (kept.TrueForAll(k => Rounding.IsAbove(most, k.Box.Overlap(box.Box))))
            {
                kept.Add(box);
            }
        }

        int items = call.Bottoms[0].Shape[0];
        double[] rows = kept.Count > 0
            ? [.. kept.SelectMany(k => new[] { 0, k.Class + 1, k.Score, k.Box.X1, k.Box.Y1, k.Box.X2, k.Box.Y2 })]
            : [.. Enumerable.Range(0, items).SelectMany(n => new double[] { n, -1, -1, -1, -1, -1, -1 })];
        rows.CopyTo(call.Top(0, 1, 1, rows.Length / 7, 7).Data, 0);
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int items = random.Between(1, 2), classes = random.Between(1, 4), boxes = random.Between(1, 3);
        float least = random.Pick(0.01f, 0.2f, 0.5f, 0.999f), most = random.Pick(0.2f, 0.45f, 0.8f);
        var layer = new LayerParameter { Type = type };
        if (type == "YoloDetectionOutput")
        {
            layer.YoloDetectionOutputParam = new YoloDetectionOutputParameter
            {
                NumClasses = (uint)classes, NumBox = (uint)boxes, ConfidenceThreshold = least, NmsThreshold = most,
            };
            layer.YoloDetectionOutputParam.Biases.Add(
                Enumerable.Range(0, 2 * boxes).Select(_ => random.Between(0.5f, 2)));
            int side = random.Between(1, 4);
            return Case(layer, [[items, boxes * (5 + classes), side, side]]);
        }

        int maps = random.Between(1, 3);
        var options = new Yolov3DetectionOutputParameter
        {
            NumClasses = (uint)classes, NumBox = (uint)boxes, ConfidenceThreshold = least, NmsThreshold = most,
            MaskGroupNum = (uint)maps,
        };
        layer.Yolov3DetectionOutputParam = options;
        options.Biases.Add(Enumerable.Range(0, 8).Select(_ => random.Between(10, 40f)));
        options.AnchorsScale.Add(Enumerable.Range(0, maps).Select(_ => random.Pick(8u, 16u, 32u)));
        options.Mask.Add(Enumerable.Range(0, maps * boxes).Select(_ => (uint)random.Next(4)));
        return Case(layer, [.. Enumerable.Range(0, maps).Select(_ =>
            new[] { items, boxes * (5 + classes), random.Between(1, 4), random.Between(1, 4) })]);
    }

    private static ReferenceCase Case(LayerParameter layer, int[][] shapes) => new()
    {
        Layer = layer,
        Bottoms = [.. shapes.Select(s => new ReferenceBottom(s, Fillings.Uniform(-2, 2)))],
        HasGradient = false,
    };

    private static void AddSecond(YoloDetectionOutputParameter options, ReferenceBlob x, List<(double, int, Box)> boxes)
    {
        int classes = (int)options.NumClasses, values = 5 + classes;
        foreach (int[] at in Positions.Of([x.Shape[0], x.Shape[2], x.Shape[3], (int)options.NumBox]))
        {
            double[] t = [.. Enumerable.Range(0, values).Select(v => x[at[0], (at[3] * values) + v, at[1], at[2]])];
            double sum = t[5..].Sum(Math.Exp);
            int best = Enumerable.Range(0, classes).MaxBy(c => t[5 + c]);
            double score = Sigmoid(t[4]) * Math.Exp(t[5 + best]) / sum;
            if (Rounding.IsAbove(score, options.ConfidenceThreshold))
            {
                double w = Math.Exp(t[2]) * options.Biases[2 * at[3]] / x.Shape[3];
                double h = Math.Exp(t[3]) * options.Biases[(2 * at[3]) + 1] / x.Shape[2];
                Box box = Box.Around((at[2] + Sigmoid(t[0])) / x.Shape[3], (at[1] + Sigmoid(t[1])) / x.Shape[2], w, h);
                boxes.Add((score, best, box));
            }
        }
    }

    private static void AddThird(
        Yolov3DetectionOutputParameter options, IReadOnlyList<ReferenceBlob> maps, List<(double, int, Box)> boxes)
    {
        int classes = (int)options.NumClasses, values = 5 + classes;
        int group = options.Mask.Count / (int)options.MaskGroupNum;
        for (int map = 0; map < maps.Count; map++)
        {
            ReferenceBlob x = maps[map];
            foreach (int[] at in Positions.Of([x.Shape[0], x.Shape[2], x.Shape[3], (int)options.NumBox]))
            {
                double[] t = [.. Enumerable.Range(0, values).Select(v => x[at[0], (at[3] * values) + v, at[1], at[2]])];
                int anchor = (int)options.Mask[at[3] + (map * group)];
                double scale = options.AnchorsScale[map];
                double w = Math.Exp(t[2]) * options.Biases[2 * anchor] / (x.Shape[3] * scale);
                double h = Math.Exp(t[3]) * options.Biases[(2 * anchor) + 1] / (x.Shape[2] * scale);
                Box box = Box.Around((at[2] + Sigmoid(t[0])) / x.Shape[3], (at[1] + Sigmoid(t[1])) / x.Shape[2], w, h);
                boxes.AddRange(Enumerable.Range(0, classes)
                    .Select(c => (Score: Sigmoid(t[4]) * Sigmoid(t[5 + c]), c, box))
                    .Where(b => Rounding.IsAbove(b.Score, options.ConfidenceThreshold)));
            }
        }
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
