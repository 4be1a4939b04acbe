using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Detection;

/// <summary>
/// YOLO v2's loss, by the rules of Intel's fork where objects are rows of corners, else by MobileNet-YOLO's. With s a
/// sigmoid and s' = s (1 - s): boxes without an object noobject_scale s s'; those of an object coord_scale (s - t) s'
/// and coord_scale (v - t), object_scale (s - t) s' and class_scale (softmax - onehot).
/// </summary>
[Reference("RegionLoss")]
internal sealed class RegionLossReference : YoloLossReference, IReferenceCases
{
    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int images = random.Between(1, 3), classes = random.Between(1, 4), boxes = random.Between(1, 3);
        int side = random.Between(1, 4);
        bool isCorners = random.Chance(0.5);
        var options = new RegionLossParameter { NumClass = (uint)classes, Num = (uint)boxes, Side = (uint)side };
        options.Biases.Add(Enumerable.Range(0, 2 * boxes).Select(_ => random.Between(0.3f, 3)));
        random.Maybe(() => options.BiasMatch = random.Chance(0.4) ? 1u : 0);
        random.Maybe(() => options.Rescore = random.Chance(0.4) ? 1u : 0);
        random.Maybe(() => options.ObjectScale = random.Between(0.5f, 5));
        random.Maybe(() => options.ClassScale = random.Between(0.5f, 2));
        random.Maybe(() => options.NoobjectScale = random.Between(0.2f, 2));
        random.Maybe(() => options.CoordScale = random.Between(0.5f, 2));
        random.Maybe(() => options.Thresh = random.Pick(0.1f, 0.4f, 0.6f));
        random.Maybe(() => options.Coords = 4);
        random.Maybe(() => options.Softmax = random.Chance(0.5) ? 1u : 0);
        random.Maybe(() => options.Jitter = 0.1f);
        random.Maybe(() => options.Absolute = 0);
        random.Maybe(() => options.Random = 0);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, RegionLossParam = options },
            Bottoms =
            [
                new([images, boxes * (5 + classes), side, side], Fillings.Uniform(-2, 2)),
                YoloTruth.Labels(random, images, classes, isCorners),
            ],
            Passes = random.Between(1, 2),
        };
    }

    /// <inheritdoc/>
    protected override bool DividesLoss(ReferenceCall call) => !YoloTruth.AreCorners(call.Bottoms[1]);

    /// <inheritdoc/>
    protected override ReferenceBlob Gradients(ReferenceCall call)
    {
        RegionLossParameter options = call.Layer.RegionLossParam;
        ReferenceBlob map = call.Bottoms[0], gradients = new(map.Shape);
        var cells = new YoloCells(map, (int)options.Num, (int)options.NumClass);
        for (int image = 0; image < map.Shape[0]; image++)
        {
            YoloTruth[] truths = YoloTruth.Of(call.Bottoms[1], image);
            foreach (int[] at in cells.Boxes(image))
            {
                if (!Rounding.IsAbove(Most(truths, cells.Box(at, Anchor(options, cells, at[3]))), options.Thresh))
                {
                    double s = cells.Sigmoid(at, YoloCells.Objectness);
                    gradients.Data[cells.Place(at, YoloCells.Objectness)] = options.NoobjectScale * s * s * (1 - s);
                }
            }

            foreach (YoloTruth truth in truths)
            {
                SetObject(call, cells, image, truth, gradients);
            }
        }

        return gradients;
    }

    private static void SetObject(
        ReferenceCall call, YoloCells cells, int image, YoloTruth truth, ReferenceBlob gradients)
    {
        RegionLossParameter options = call.Layer.RegionLossParam;
        bool isIntels = YoloTruth.AreCorners(call.Bottoms[1]), isRescored = !isIntels && options.Rescore != 0;
        int[] at = Nearest(options, cells, image, truth);
        (double width, double height) = Anchor(options, cells, at[3]);
        double scale = options.CoordScale * (isIntels || isRescored ? 1 : 2 - (truth.Width * truth.Height));
        SetPlace(0, (truth.X * cells.Width) - at[2]);
        SetPlace(1, (truth.Y * cells.Height) - at[1]);
        gradients.Data[cells.Place(at, 2)] = scale * Cut(cells.Value(at, 2) - Math.Log(truth.Width / width));
        gradients.Data[cells.Place(at, 3)] = scale * Cut(cells.Value(at, 3) - Math.Log(truth.Height / height));
        double s = cells.Sigmoid(at, YoloCells.Objectness);
        double target = isRescored ? truth.Box.Overlap(cells.Box(at, (width, height))) : 1;
        gradients.Data[cells.Place(at, YoloCells.Objectness)] = options.ObjectScale * s * (1 - s)
            * (isIntels ? -2 * Math.Pow(1 - s, 3) : s - target);
        double[] shares = cells.Softmax(at);
        for (int c = 0; c < shares.Length; c++)
        {
            gradients.Data[cells.Place(at, YoloCells.Classes + c)] =
                options.ClassScale * (shares[c] - (c == truth.Label ? 1 : 0));
        }

        double Cut(double difference) => isIntels ? Math.Clamp(difference, -1, 1) : difference;

        void SetPlace(int value, double target)
        {
            double p = cells.Sigmoid(at, value);
            gradients.Data[cells.Place(at, value)] = scale * Cut(p - target) * p * (1 - p);
        }
    }

    // The box of the object's cell whose anchor, or with bias_match 0 whose size, is most like it.
    private static int[] Nearest(RegionLossParameter options, YoloCells cells, int image, YoloTruth truth)
    {
        double Likeness(int[] at)
        {
            (double width, double height) = Anchor(options, cells, at[3]);
            bool isAnchor = options.BiasMatch != 0;
            return truth.Size.Overlap(Box.Around(
                0, 0,
                isAnchor ? width : Math.Exp(cells.Value(at, 2)) * width,
                isAnchor ? height : Math.Exp(cells.Value(at, 3)) * height));
        }

        return Rounding.Largest(
            Enumerable.Range(0, (int)options.Num).Select(box => cells.At(image, truth, box)), Likeness)!;
    }

    private static (double Width, double Height) Anchor(RegionLossParameter options, YoloCells cells, int box) =>
        (options.Biases[2 * box] / (double)cells.Width, options.Biases[(2 * box) + 1] / (double)cells.Height);
}
