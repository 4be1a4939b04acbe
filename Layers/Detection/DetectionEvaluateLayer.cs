using Cnn.Layers.Detection.Boxes;
using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>
/// Compares detections with the objects in the images: bottoms the detections [1, 1, D, 7] of a DetectionOutput layer
/// and the objects [1, 1, G, 8] (item, class, instance, xmin, ymin, xmax, ymax, difficult); top [1, 1, K, 5]. For each
/// class but the background a row (-1, class, number of objects, -1, -1), then for each detection, by item and class,
/// a row (item, class, score, right, wrong). A detection is right when it overlaps an object of its class, which no
/// better one has taken, by <c>overlap_threshold</c>; one of a difficult object is neither if those do not count. A
/// mean average precision follows from these rows. No gradient. From SSD's fork of Caffe, after Everingham et al.,
/// "The PASCAL visual object classes (VOC) challenge", IJCV 2010.
/// </summary>
[LayerType("DetectionEvaluate")]
internal sealed unsafe class DetectionEvaluateLayer : Layer
{
    private const int RowLength = 5;
    private const int DetectionLength = 7;
    private const int TruthLength = 8;

    private readonly DetectionEvaluateParameter options;
    private ImageSizes? sizes;
    private Detection[] detections = [];
    private Truth[] truths = [];
    private int detectionCount;
    private int truthCount;
    private int nextSize;

    /// <summary>Makes the layer.</summary>
    public DetectionEvaluateLayer(LayerContext context)
        : base(context) => options = Parameter.DetectionEvaluateParam ?? new DetectionEvaluateParameter();

    /// <summary>Whether the sizes of images go on from pass to pass through <c>name_size_file</c>.</summary>
    public override bool DependsOnEarlierPasses => options.NameSizeFile.Length > 0;

    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    private int Classes => (int)options.NumClasses;

    private bool HasBackground => options.BackgroundLabelId < options.NumClasses;

    private Span<Detection> Detections => detections.AsSpan(0, detectionCount);

    private Span<Truth> Truths => truths.AsSpan(0, truthCount);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (options.NumClasses is 0 or > int.MaxValue / RowLength)
        {
            throw Context.Error(
                options,
                DetectionEvaluateParameter.NumClassesFieldNumber,
                options.HasNumClasses ? $"num_classes is {options.NumClasses}" : "num_classes is missing",
                "give the number of classes, the background among them");
        }

        if (!(options.OverlapThreshold >= 0))
        {
            throw Context.Error(
                options,
                DetectionEvaluateParameter.OverlapThresholdFieldNumber,
                $"overlap_threshold is {options.OverlapThreshold}",
                "it is an overlap, 0 to 1");
        }

        if (options.NameSizeFile.Length > 0)
        {
            sizes = ImageSizes.Read(Context, options);
        }
    }

    /// <summary>Sets the top's shape to the rows of the classes until <see cref="Forward"/> knows the others.</summary>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        RequireRows(bottoms, 0, DetectionLength, "detections are rows (item, class, score, xmin, ymin, xmax, ymax)");
        RequireRows(
            bottoms, 1, TruthLength, "objects are rows (item, class, instance, xmin, ymin, xmax, ymax, difficult)");
        ShapeTop(tops, 0, [1, 1, Classes - (HasBackground ? 1 : 0), RowLength]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ReadTruths(bottoms[1].Data);
        ReadDetections(bottoms[0].Data);
        int rows = Classes - (HasBackground ? 1 : 0), found = 0;
        foreach (Detection detection in Detections)
        {
            found += detection.Label == -1 ? 0 : 1;
        }

        ShapeTop(tops, 0, [1, 1, rows + found, RowLength]);
        Span<float> to = WriteClasses(tops[0].Data);
        for (int start = 0; start < detectionCount;)
        {
            int end = start;
            while (end < detectionCount && Detections[end].Item == Detections[start].Item)
            {
                end++;
            }

            to = WriteItem(Detections[start..end], to);
            start = end;
        }
    }

    private Span<float> WriteClasses(Span<float> to)
    {
        for (int label = 0; label < Classes; label++)
        {
            if (label == options.BackgroundLabelId)
            {
                continue;
            }

            int count = 0;
            foreach (Truth truth in Truths)
            {
                count += truth.Label == label && (options.EvaluateDifficultGt || !truth.IsDifficult) ? 1 : 0;
            }

            to = Write(to, -1, label, count, -1, -1);
        }

        return to;
    }

    private Span<float> WriteItem(Span<Detection> found, Span<float> to)
    {
        (float Height, float Width)? size = sizes?[nextSize];
        nextSize = sizes is null ? 0 : (nextSize + 1) % sizes.Count;
        for (int start = 0; start < found.Length;)
        {
            int end = start;
            while (end < found.Length && found[end].Label == found[start].Label)
            {
                end++;
            }

            Span<Detection> group = found[start..end];
            start = end;
            if (group[0].Label == -1)
            {
                continue;
            }

            if (HasTruth(group[0]))
            {
                group.Sort(static (a, b) => a.Score == b.Score ? a.Row - b.Row : a.Score > b.Score ? -1 : 1);
            }

            foreach (Detection detection in group)
            {
                var (right, wrong) = Judge(detection, size);
                to = Write(to, detection.Item, detection.Label, detection.Score, right, wrong);
            }
        }

        return to;
    }

    private (int Right, int Wrong) Judge(Detection detection, (float Height, float Width)? size)
    {
        int best = -1;
        float most = -1;
        for (int i = 0; i < truthCount; i++)
        {
            if (truths[i].Item == detection.Item && truths[i].Label == detection.Label)
            {
                float overlap = size is { } image
                    ? Box.OverlapOfPixels(
                        truths[i].Box.Scaled(image.Width, image.Height),
                        detection.Box.Scaled(image.Width, image.Height))
                    : Box.Overlap(truths[i].Box, detection.Box);
                (best, most) = overlap > most ? (i, overlap) : (best, most);
            }
        }

        if (best < 0 || !(most >= options.OverlapThreshold))
        {
            return (0, 1);
        }

        if (truths[best].IsDifficult && !options.EvaluateDifficultGt)
        {
            return (0, 0);
        }

        bool isTaken = truths[best].IsTaken;
        truths[best].IsTaken = true;
        return isTaken ? (0, 1) : (1, 0);
    }

    private bool HasTruth(Detection detection)
    {
        foreach (Truth truth in Truths)
        {
            if (truth.Item == detection.Item && truth.Label == detection.Label)
            {
                return true;
            }
        }

        return false;
    }

    private static Span<float> Write(Span<float> to, float item, float label, float value, float right, float wrong)
    {
        (to[0], to[1], to[2], to[3], to[4]) = (item, label, value, right, wrong);
        return to[RowLength..];
    }

    private void ReadTruths(ReadOnlySpan<float> rows)
    {
        if (truths.Length < rows.Length / TruthLength)
        {
            truths = new Truth[rows.Length / TruthLength];
        }

        // The first row without an item ends the objects.
        truthCount = 0;
        for (; !rows.IsEmpty && (int)rows[0] != -1; rows = rows[TruthLength..])
        {
            RequireNoBackground((int)rows[1], 1);
            truths[truthCount++] = new Truth
            {
                Item = (int)rows[0],
                Label = (int)rows[1],
                Box = new Box(rows[3], rows[4], rows[5], rows[6]),
                IsDifficult = rows[7] != 0,
            };
        }
    }

    private void ReadDetections(ReadOnlySpan<float> rows)
    {
        if (detections.Length < rows.Length / DetectionLength)
        {
            detections = new Detection[rows.Length / DetectionLength];
        }

        detectionCount = 0;
        for (int row = 0; !rows.IsEmpty; row++, rows = rows[DetectionLength..])
        {
            if ((int)rows[0] == -1)
            {
                continue;
            }

            RequireNoBackground((int)rows[1], 0);
            detections[detectionCount++] = new Detection(
                (int)rows[0], (int)rows[1], row, rows[2], new Box(rows[3], rows[4], rows[5], rows[6]));
        }

        Detections.Sort(static (a, b) =>
            a.Item != b.Item ? a.Item.CompareTo(b.Item)
            : a.Label != b.Label ? a.Label.CompareTo(b.Label)
            : a.Row - b.Row);
    }

    private void RequireNoBackground(int label, int bottom)
    {
        if (label == options.BackgroundLabelId && HasBackground)
        {
            throw Context.Error(
                $"'{Parameter.Bottom[bottom]}' holds a box of class {label}, which is the background",
                "give the class that is the background as background_label_id");
        }
    }

    private void RequireRows(IReadOnlyList<Blob> bottoms, int bottom, int length, string hint)
    {
        if (bottoms[bottom].LegacyDim(3) != length || bottoms[bottom].Count % length != 0)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[bottom]}' has shape {bottoms[bottom].ShapeText}",
                $"{hint}: [1, 1, R, {length}]");
        }
    }

    private readonly record struct Detection(int Item, int Label, int Row, float Score, Box Box);

    private struct Truth
    {
        public int Item;
        public int Label;
        public Box Box;
        public bool IsDifficult;
        public bool IsTaken;
    }
}
