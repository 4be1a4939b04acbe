using Cnn.Layers.Detection.Boxes;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>
/// Detections out of predictions: bottoms the locations [N, P L 4] relative to P prior boxes, with L = 1
/// (<c>share_location</c>) or one location for each class, the scores [N, P C], and the priors [1, 2, P 4]; top
/// [1, 1, K, 7], a row (item, class, score, xmin, ymin, xmax, ymax) for each detection, by item, class and descending
/// score. Scores above <c>confidence_threshold</c> count; of boxes of a class that overlap the best stays
/// (<c>nms_param</c>, or with <c>soft_nms</c> DeepDetect's rule), and <c>keep_top_k</c> of an item's. Without any
/// detection there is a row (item, -1, ..., -1) for each item. No gradient. From Liu et al., "SSD: Single shot multibox
/// detector", ECCV 2016, and its fork of Caffe.
/// </summary>
/// <remarks>
/// With four or five bottoms the last are the first step of RefineDet, see <see cref="AnchorRefinement"/>; with bottoms
/// for each of <c>nbottom</c> maps, see <see cref="SplitPredictions"/>.
/// </remarks>
[LayerType("DetectionOutput")]
internal sealed unsafe class DetectionOutputLayer : Layer
{
    private const int RowLength = 7;
    private const int Predictions = 3;

    private readonly DetectionOutputParameter options;
    private readonly NonMaximumSuppressionParameter suppression;
    private readonly PriorReader reader;
    private readonly SplitPredictions? split;
    private readonly AnchorRefinement? refinement;
    private readonly Blob boxes = new();
    private IReadOnlyList<Blob> inputs = [];
    private PinnedInts counts = new(0);
    private ulong[] found = [];
    private ulong[] order = [];

    /// <summary>Makes the layer.</summary>
    public DetectionOutputLayer(LayerContext context)
        : base(context)
    {
        options = Parameter.DetectionOutputParam ?? new DetectionOutputParameter();
        suppression = options.NmsParam ?? new NonMaximumSuppressionParameter();
        reader = new PriorReader(context);
        split = SplitPredictions.Are(Parameter) ? new SplitPredictions(context, options) : null;
        refinement = split is null && Parameter.Bottom.Count > Predictions
            ? new AnchorRefinement(context, options)
            : null;
    }

    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override BlobCount BottomCount => split is null
        ? BlobCount.Between(Predictions, Predictions + 2)
        : BlobCount.Exactly((2 * options.Nbottom) + 1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    private int Classes => (int)options.NumClasses;

    private int BoxesPerPrior => options.ShareLocation ? 1 : Classes;

    // The boxes of a class that are looked at.
    private int TopK =>
        suppression.HasTopK && suppression.TopK > -1 ? Math.Min(suppression.TopK, reader.Count) : reader.Count;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (options.NumClasses is 0 or > int.MaxValue)
        {
            throw Context.Error(
                options,
                DetectionOutputParameter.NumClassesFieldNumber,
                options.HasNumClasses ? $"num_classes is {options.NumClasses}" : "num_classes is missing",
                "give the number of classes, the background among them");
        }

        if (options is { ShareLocation: true, BackgroundLabelId: -1 })
        {
            throw Context.Error(
                options,
                DetectionOutputParameter.BackgroundLabelIdFieldNumber,
                "background_label_id is -1, none, but all classes share one location",
                "say share_location: false, or give the class that is the background");
        }

        SuppressionOptions.Check(Context, suppression);
        if (options.NoPermute && split is null)
        {
            throw Context.Error(
                options,
                DetectionOutputParameter.NoPermuteFieldNumber,
                $"no_permute with {bottoms.Count} bottoms: nbottom is {options.Nbottom}",
                $"it takes {(2L * options.Nbottom) + 1} bottoms: scores of each map, locations of each, priors");
        }
    }

    /// <summary>Sets the top's shape to [1, 1, 1, 7] until <see cref="Forward"/> knows the detections.</summary>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        inputs = split?.Reshape(bottoms, Classes, BoxesPerPrior) ?? bottoms;
        reader.Reshape(inputs, Classes, BoxesPerPrior);
        refinement?.Reshape(bottoms, reader.Items, reader.Count);
        boxes.ReshapeLike(inputs[0]);
        long lists = (long)reader.Items * Classes;
        if (lists * Math.Max(1, TopK) > Array.MaxLength / sizeof(ulong))
        {
            throw Context.Error(
                $"{reader.Items} items with {Classes} classes and {TopK} boxes for each are too many",
                "give nms_param.top_k, or smaller batches");
        }

        if (counts.Length < lists)
        {
            counts = new PinnedInts((int)lists);
        }

        if (found.Length < lists * TopK)
        {
            found = GC.AllocateUninitializedArray<ulong>((int)(lists * TopK), pinned: true);
        }

        if (order.Length < Classes * TopK)
        {
            order = new ulong[Classes * TopK];
        }

        ShapeTop(tops, 0, [1, 1, 1, RowLength]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        split?.Gather(bottoms, Classes, BoxesPerPrior, Context.Pool);
        PriorTable priors = reader.Read(inputs, options.CodeType, !options.VarianceEncodedInTarget);
        var decoded = (Box*)boxes.DataPointer;
        Decode(priors, decoded);
        float* scores = refinement is null
            ? inputs[1].DataPointer
            : refinement.Filter(inputs, reader.Items * reader.Count, Classes);
        fixed (ulong* keys = found)
        {
            var search = new ClassSearch
            {
                Boxes = decoded,
                Scores = scores,
                Priors = reader.Count,
                Classes = Classes,
                BoxesPerPrior = BoxesPerPrior,
                Background = options.BackgroundLabelId,
                MinScore = options.HasConfidenceThreshold ? options.ConfidenceThreshold : -float.MaxValue,
                TopK = TopK,
                Threshold = suppression.NmsThreshold,
                Eta = suppression.Eta,
                Theta = suppression.SoftNms ? suppression.Theta : null,
                Found = keys,
                Counts = counts.Pointer,
                Pool = Context.Pool,
            };
            Context.Pool.Run(reader.Items * Classes, ref search);
        }

        int rows = 0;
        for (int item = 0; item < reader.Items; item++)
        {
            KeepBest(item);
            rows += CountOf(item);
        }

        ShapeTop(tops, 0, [1, 1, rows > 0 ? rows : reader.Items, RowLength]);
        if (rows > 0)
        {
            Write(decoded, tops[0].Data);
        }
        else
        {
            WriteNothing(tops[0].Data);
        }
    }

    private void Decode(PriorTable priors, Box* decoded)
    {
        var locations = (Box*)inputs[0].DataPointer;
        if (refinement is null || inputs.Count == Predictions + 1)
        {
            BoxDecoder.Run(
                options.CodeType, priors, locations, decoded, reader.Items, BoxesPerPrior, Context.Pool);
            return;
        }

        Box* first = refinement.Decode(inputs, options.CodeType, priors, reader.Items, Context.Pool);
        BoxDecoder.RunRelative(
            options.CodeType, priors, first, locations, decoded, reader.Items, BoxesPerPrior, Context.Pool);
    }

    private int CountOf(int item)
    {
        int count = 0;
        for (int label = 0; label < Classes; label++)
        {
            count += counts.Pointer[(item * Classes) + label];
        }

        return count;
    }

    // Leaves keep_top_k of an item's detections; those of equal scores by class.
    private void KeepBest(int item)
    {
        int count = CountOf(item), keep = options.KeepTopK;
        if (keep < 0 || count <= keep)
        {
            return;
        }

        for (int list = item * Classes; suppression.SoftNms && list < (item + 1) * Classes; list++)
        {
            Keys(list).Sort();
        }

        ulong last = 0;
        if (keep > 0)
        {
            Span<ulong> all = order.AsSpan(0, count);
            int at = 0;
            for (int list = item * Classes; list < (item + 1) * Classes; list++)
            {
                foreach (ulong key in Keys(list))
                {
                    all[at] = ScoreOrder.Key(ScoreOrder.Score(key), at);
                    at++;
                }
            }

            ScoreOrder.Select(all, keep);
            foreach (ulong key in all[..keep])
            {
                last = Math.Max(last, key);
            }
        }

        int place = 0;
        for (int list = item * Classes; list < (item + 1) * Classes; list++)
        {
            // A list is sorted, so what stays of it is its beginning.
            int stay = 0;
            foreach (ulong key in Keys(list))
            {
                stay += keep > 0 && ScoreOrder.Key(ScoreOrder.Score(key), place) <= last ? 1 : 0;
                place++;
            }

            counts.Pointer[list] = stay;
        }
    }

    private Span<ulong> Keys(int list) => found.AsSpan(list * TopK, counts.Pointer[list]);

    private void Write(Box* decoded, Span<float> rows)
    {
        for (int list = 0; list < reader.Items * Classes; list++)
        {
            int item = list / Classes, label = list % Classes;
            foreach (ulong key in Keys(list))
            {
                long row = ((long)item * reader.Count) + ScoreOrder.Index(key);
                Box box = decoded[(row * BoxesPerPrior) + (BoxesPerPrior == 1 ? 0 : label)];
                (rows[0], rows[1], rows[2]) = (item, label, ScoreOrder.Score(key));
                (rows[3], rows[4], rows[5], rows[6]) = (box.XMin, box.YMin, box.XMax, box.YMax);
                rows = rows[RowLength..];
            }
        }
    }

    private void WriteNothing(Span<float> rows)
    {
        rows.Fill(-1);
        for (int item = 0; item < reader.Items; item++)
        {
            rows[item * RowLength] = item;
        }
    }
}
