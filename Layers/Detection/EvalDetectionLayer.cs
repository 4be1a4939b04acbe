using Cnn.Proto;
using Score = Cnn.Proto.EvalDetectionParameter.Types.ScoreType;

namespace Cnn.Layers.Detection;

/// <summary>
/// Holds the boxes of a YOLO v2 map against the objects, for the average precision. Bottoms: a map [N, num_object (5 +
/// num_class), S, S], see <see cref="YoloMap"/>, objects, see <see cref="YoloObjects"/>, and, if given, the images,
/// which are not read. Top [N, num_class + 4 S S num_object]: for each image the number of objects of each class, then
/// rows (class, score, hit, miss) of the boxes that overlap no better one of any class by <c>nms</c> or more and whose
/// score is 0.005 or more, by class and then by score; the rest is 0. A box is a hit where the object of its class that
/// it overlaps most is overlapped by <c>threshold</c> or more and was not hit before. No gradient. From Intel's Caffe.
/// </summary>
/// <remarks>
/// As in the fork, a box that overlaps no object of its class enough is neither a hit nor a miss where there are
/// objects of its class in the image, and no boxes come out where <c>nms</c> is below 0.
/// </remarks>
[LayerType("EvalDetection")]
internal sealed class EvalDetectionLayer : Layer
{
    private const float LeastScore = 0.005f;
    private const int RowValues = 4;

    private readonly EvalDetectionParameter options;
    private readonly YoloObjects objects;
    private readonly BoxSuppression suppression = new(border: 0);
    private readonly List<(YoloObject Box, float Score)> boxes = [];
    private readonly List<ulong> order = [];
    private readonly List<int> kept = [];
    private bool[] isHit = [];

    /// <summary>Makes the layer.</summary>
    public EvalDetectionLayer(LayerContext context)
        : base(context)
    {
        options = Parameter.EvalDetectionParam ?? new EvalDetectionParameter();
        objects = new YoloObjects(context, 1);
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Between(2, 3);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool HasGradient => false;

    private int Classes => (int)options.NumClass;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        SizeField.Check(Context, options, EvalDetectionParameter.NumClassFieldNumber, "num_class", options.NumClass);
        SizeField.Check(
            Context, options, EvalDetectionParameter.NumObjectFieldNumber, "num_object", options.NumObject);
        YoloFields.RequireAnchors(
            Context, options, EvalDetectionParameter.BiasesFieldNumber, options.Biases, (int)options.NumObject);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob map = bottoms[0];
        YoloFields.RequireMap(Context, map, 0, (int)options.NumObject, Classes, "num_object", "num_class");
        if (map.Dim(2) != options.Side || map.Dim(3) != options.Side)
        {
            throw Context.Error(
                options,
                EvalDetectionParameter.SideFieldNumber,
                $"side is {options.Side}, but bottom '{Parameter.Bottom[0]}' has shape {map.ShapeText}",
                "it is the number of rows and columns of the map");
        }

        objects.RequireShape(bottoms[1], map.Dim(0));
        tops[0].Reshape(map.Dim(0), Classes + (map.CountOf(2) * (int)options.NumObject * RowValues));
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int items = bottoms[0].Dim(0), values = tops[0].CountOf(1);
        objects.Read(bottoms[1], items, Classes);
        tops[0].Data.Clear();
        for (int item = 0; item < items; item++)
        {
            Span<float> result = tops[0].Data.Slice(item * values, values);
            foreach (YoloObject truth in objects.Of(item))
            {
                result[truth.Label]++;
            }

            Find(new YoloMap(bottoms[0], item, Classes));
            Write(result[Classes..], objects.Of(item));
        }
    }

    // Finds the boxes of an image that stay, the best first.
    private void Find(YoloMap map)
    {
        boxes.Clear();
        order.Clear();
        kept.Clear();
        suppression.Clear();
        for (int cell = 0; cell < map.Cells && options.Nms >= 0; cell++)
        {
            for (int box = 0; box < options.NumObject; box++)
            {
                var (label, _, sum) = map.Softmax(cell, box);
                float isObject = map.Sigmoid(cell, box, YoloMap.Objectness), share = 1 / sum;
                float score = options.ScoreType switch
                {
                    Score.Obj => isObject,
                    Score.Prob => share,
                    _ => isObject * share,
                };
                order.Add(BoxOrder.Key(score, (uint)boxes.Count));
                float width = options.Biases[2 * box] / map.Width, height = options.Biases[(2 * box) + 1] / map.Height;
                boxes.Add((map.Box(cell, box, width, height) with { Label = label }, score));
            }
        }

        order.Sort();
        for (int i = order.Count - 1; i >= 0; i--)
        {
            int which = BoxOrder.Index(order[i]);
            YoloObject box = boxes[which].Box;
            float left = box.X - (box.Width / 2), top = box.Y - (box.Height / 2);
            if (boxes[which].Score >= LeastScore
                && suppression.TryKeep(left, top, left + box.Width, top + box.Height, options.Nms, dropsEqual: true))
            {
                kept.Add(which);
            }
        }
    }

    private void Write(Span<float> rows, ReadOnlySpan<YoloObject> truths)
    {
        if (isHit.Length < truths.Length)
        {
            isHit = new bool[truths.Length];
        }

        Array.Clear(isHit);
        for (int label = 0; label < Classes; label++)
        {
            foreach (int which in kept)
            {
                var (box, score) = boxes[which];
                if (box.Label == label)
                {
                    var (hit, miss) = Judge(box, truths);
                    (rows[0], rows[1], rows[2], rows[3]) = (label, score, hit, miss);
                    rows = rows[RowValues..];
                }
            }
        }
    }

    private (float Hit, float Miss) Judge(in YoloObject box, ReadOnlySpan<YoloObject> truths)
    {
        var (best, most) = (-1, -1f);
        for (int i = 0; i < truths.Length; i++)
        {
            float overlap = truths[i].Label == box.Label ? box.Overlap(truths[i]) : -1;
            (best, most) = overlap > most ? (i, overlap) : (best, most);
        }

        if (best < 0)
        {
            return (0, 1);
        }

        if (!(most >= options.Threshold))
        {
            return (0, 0);
        }

        bool wasHit = isHit[best];
        isHit[best] = true;
        return wasHit ? (0, 1) : (1, 0);
    }
}
