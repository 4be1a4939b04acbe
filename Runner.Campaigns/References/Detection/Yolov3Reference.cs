using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Detection;

/// <summary>
/// The loss of a map of YOLO v3 as in MobileNet-YOLO. Boxes without an object: the objectness s. Those of an object
/// with place, sides and class t: c (s - t), c (v - t), s - 1 and class_scale (s - t), where c is coord_scale times 2
/// less the object's area.
/// </summary>
[Reference("Yolov3")]
internal sealed class Yolov3Reference : YoloLossReference, IReferenceCases
{
    private const double FocalAlpha = 0.5;

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int images = random.Between(1, 3), classes = random.Between(1, 4), boxes = random.Between(1, 3);
        int anchors = random.Between(boxes, boxes + 3), rows = random.Between(1, 4), columns = random.Between(1, 4);
        var options = new Yolov3Parameter { NumClass = (uint)classes, Num = (uint)boxes };
        random.Maybe(() => options.AnchorsScale = random.Pick(8u, 16u));
        int[] order = [.. Enumerable.Range(0, anchors).OrderBy(_ => random.NextSingle())];
        options.Mask.Add(order.Take(random.Chance(0.2) ? anchors : boxes).Select(a => (uint)a));
        float pixels = options.AnchorsScale * (float)Math.Max(rows, columns);
        options.Biases.Add(Enumerable.Range(0, 2 * anchors).Select(_ => pixels * random.Between(0.1f, 0.7f)));
        random.Maybe(() => options.ObjectScale = random.Between(0.5f, 5));
        random.Maybe(() => options.ClassScale = random.Between(0.5f, 2));
        random.Maybe(() => options.CoordScale = random.Between(0.5f, 2));
        random.Maybe(() => options.Thresh = random.Pick(0.1f, 0.4f, 0.6f));
        random.Maybe(() => options.UseLogicGradient = random.Chance(0.7));
        random.Maybe(() => options.UseFocalLoss = random.Chance(0.7));
        random.Maybe(() => options.IouThresh = random.Pick(0.1f, 0.3f, 1));
        random.Maybe(() => options.LabelSmoothEps = random.Pick(0, 0.05f, 0.3f));
        random.Maybe(() => options.IouLoss = Yolov3Parameter.Types.IOU_LOSS.Mse);
        random.Maybe(() => options.Side = 3);
        random.Maybe(() => options.NoobjectScale = 2);
        random.Maybe(() => options.IouNormalizer = 0.1f);
        random.Maybe(() => options.MaxDelta = 0.1f);
        random.Maybe(() => options.Accumulate = random.Chance(0.5));
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, Yolov3Param = options },
            Bottoms =
            [
                new([images, boxes * (5 + classes), rows, columns], Fillings.Uniform(-2, 2)),
                YoloTruth.Labels(random, images, classes, random.Chance(0.3)),
            ],
            Passes = random.Between(1, 2),
        };
    }

    /// <inheritdoc/>
    protected override bool DividesLoss(ReferenceCall call) => true;

    /// <inheritdoc/>
    protected override double Slope(ReferenceCall call, int place)
    {
        Yolov3Parameter options = call.Layer.Yolov3Param;
        ReferenceBlob map = call.Bottoms[0];
        int value = place / map.CountOf(2) % (5 + (int)options.NumClass);
        double s = 1 / (1 + Math.Exp(-map.Data[place]));
        return options.UseLogicGradient && value is not (2 or 3) ? s * (1 - s) : 1;
    }

    /// <inheritdoc/>
    protected override ReferenceBlob Gradients(ReferenceCall call)
    {
        Yolov3Parameter options = call.Layer.Yolov3Param;
        ReferenceBlob map = call.Bottoms[0], gradients = new(map.Shape);
        var cells = new YoloCells(map, (int)options.Num, (int)options.NumClass);
        for (int image = 0; image < map.Shape[0]; image++)
        {
            YoloTruth[] truths = YoloTruth.Of(call.Bottoms[1], image);
            foreach (int[] at in cells.Boxes(image))
            {
                Box box = cells.Box(at, Anchor(options, cells, (int)options.Mask[at[3]]));
                if (!Rounding.IsAbove(Most(truths, box), options.Thresh))
                {
                    gradients.Data[cells.Place(at, YoloCells.Objectness)] = cells.Sigmoid(at, YoloCells.Objectness);
                }
            }

            foreach (YoloTruth truth in truths)
            {
                foreach (int box in Matches(options, cells, truth))
                {
                    SetObject(options, cells, cells.At(image, truth, box), truth, gradients);
                }
            }
        }

        return gradients;
    }

    // The boxes that learn an object, in order. The one of the best anchor, if this map has it; then those of all other
    // anchors that are like the object. As in the fork, where the best is matched the anchor whose number is the best's
    // place in the mask counts as the best there.
    private static IEnumerable<int> Matches(Yolov3Parameter options, YoloCells cells, YoloTruth truth)
    {
        double Likeness(int anchor)
        {
            (double width, double height) = Anchor(options, cells, anchor);
            return truth.Size.Overlap(Box.Around(0, 0, width, height));
        }

        int[] mask = [.. options.Mask.Take((int)options.Num).Select(m => (int)m)];
        int anchors = options.Biases.Count / 2;
        int best = Rounding.Largest(Enumerable.Range(0, anchors).Select(a => new[] { a }), a => Likeness(a[0]))![0];
        int left = best;
        if (mask.Contains(best))
        {
            left = Array.IndexOf(mask, best);
            yield return left;
        }

        for (int anchor = 0; anchor < anchors && options.IouThresh < 1; anchor++)
        {
            if (anchor != left && mask.Contains(anchor) && Rounding.IsAbove(Likeness(anchor), options.IouThresh))
            {
                yield return Array.IndexOf(mask, anchor);
            }
        }
    }

    private static void SetObject(
        Yolov3Parameter options, YoloCells cells, int[] at, YoloTruth truth, ReferenceBlob gradients)
    {
        (double width, double height) = Anchor(options, cells, (int)options.Mask[at[3]]);
        double scale = options.CoordScale * (2 - (truth.Width * truth.Height));
        Set(0, scale * (cells.Sigmoid(at, 0) - ((truth.X * cells.Width) - at[2])));
        Set(1, scale * (cells.Sigmoid(at, 1) - ((truth.Y * cells.Height) - at[1])));
        Set(2, scale * (cells.Value(at, 2) - Math.Log(truth.Width / width)));
        Set(3, scale * (cells.Value(at, 3) - Math.Log(truth.Height / height)));
        double factor = options.UseLogicGradient ? options.ObjectScale : 1;
        Set(YoloCells.Objectness, factor * (cells.Sigmoid(at, YoloCells.Objectness) - 1));

        // A box that has this class already learns it anew, and no other; the focal loss is of the first alone.
        double p = cells.Sigmoid(at, YoloCells.Classes + truth.Label);
        bool isFirst = gradients.Data[cells.Place(at, YoloCells.Classes + truth.Label)] == 0;
        bool isFocal = isFirst && options.UseFocalLoss;
        double smoothing = isFocal ? 0 : options.LabelSmoothEps;
        double focus = isFocal ? FocalAlpha * (1 - p) * (1 - p - (2 * p * Math.Log(p))) : 1;
        for (int c = 0; c < options.NumClass; c++)
        {
            if (isFirst || c == truth.Label)
            {
                double target = ((c == truth.Label ? 1 : 0) * (1 - smoothing)) + (smoothing / 2);
                double share = cells.Sigmoid(at, YoloCells.Classes + c);
                Set(YoloCells.Classes + c, options.ClassScale * focus * (share - target));
            }
        }

        void Set(int value, double gradient) => gradients.Data[cells.Place(at, value)] = gradient;
    }

    // Anchors are in pixels of the picture.
    private static (double Width, double Height) Anchor(Yolov3Parameter options, YoloCells cells, int anchor) => (
        options.Biases[2 * anchor] / (double)(cells.Width * options.AnchorsScale),
        options.Biases[(2 * anchor) + 1] / (double)(cells.Height * options.AnchorsScale));
}
