using Cnn.Fillers;
using Cnn.Layers.Plugins;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Detection;

/// <summary>
/// py-faster-rcnn's AnchorTargetLayer, in the place of the Python class: what a region proposal network learns from one
/// image (Ren et al. 2015, "Faster R-CNN", section 3.1.2). Bottoms: a blob of the scores' size [1, C, H, W]; the
/// objects [G, 5], each (x1, y1, x2, y2, class) in pixels of the image; the image's height, width and scale [1, 3];
/// and, not read, the image. Tops: labels [1, 1, A H, W], 1 for an object's anchor, 0 for background and -1 for
/// neither; the shifts from the anchors to their objects [1, 4A, H, W], their inside weights and their outside weights.
/// There is no gradient.
/// </summary>
/// <remarks>
/// <para>
/// Anchors that reach out of the image get -1. Of the others an object's are those that overlap an object by
/// <c>rpn_positive_overlap</c> or, for each object, the most (ties too); background overlaps all by less than
/// <c>rpn_negative_overlap</c>. An object that touches no anchor gets none, where py-faster-rcnn gives it all that do
/// not touch it. Of each kind a random choice stays, a function of (seed, layer name, pass): at most
/// <c>rpn_fg_fraction</c> of <c>rpn_batchsize</c> of objects, filled up with background.
/// </para>
/// <para>The keys of <c>param_str</c> are listed at <see cref="Data.RoIDataLayer"/>.</para>
/// </remarks>
[PythonLayer("rpn.anchor_target_layer", "AnchorTargetLayer")]
internal sealed unsafe class AnchorTargetLayer : Layer
{
    private const int Object = 1, Background = 0, Neither = -1;

    private readonly PhiloxRandom random = new(0);
    private readonly ulong key;
    private readonly AnchorTargetOptions options;
    private readonly float[] anchors;
    private readonly BoxNorm norm;

    // Of each anchor, by row, column and anchor: its largest overlap (-1 outside of the image), the object that it is
    // of, and its label.
    private double[] overlaps = [];
    private int[] nearest = [];
    private sbyte[] labels = [];
    private int[] chosen = [];

    // The largest overlaps of each object, row by row of the map, and then of all of it.
    private double[] rowBest = [];
    private RegionBox[] objects = [];
    private int height;
    private int width;

    /// <exception cref="Cnn.Proto.CnnException">The options are wrong.</exception>
    public AnchorTargetLayer(LayerContext context)
        : base(context)
    {
        options = PluginOptions.Bind<AnchorTargetOptions>(context);
        key = context.Random.Key(Name, "anchors");
        anchors = options.MakeAnchors(context);
        norm = options.MakeNorm(context);
        RegionOptions.RequireFour(context, "rpn_bbox_inside_weights", options.RpnBboxInsideWeights);
        if (options.RpnPositiveWeight is not (< 0 or (> 0 and < 1)))
        {
            throw RegionOptions.Error(
                context,
                $"rpn_positive_weight in param_str is {options.RpnPositiveWeight}",
                "more than 0 and less than 1, or -1 for anchors that weigh the same");
        }
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Between(3, 4);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(4);

    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override bool StopsGradient => true;

    private int Anchors => anchors.Length / 4;

    private int Count => height * width * Anchors;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob scores = bottoms[0], image = bottoms[2];
        if (scores.AxisCount != 4 || scores.Dim(0) != 1)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {scores.ShapeText}",
                "it needs [1, C, H, W]: the scores of one image");
        }

        ObjectRows.Require(Context, bottoms[1], Parameter.Bottom[1]);
        if (image.Count < 2)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[2]}' has shape {image.ShapeText}",
                "it needs [1, 3]: the image's height, width and scale");
        }

        (height, width) = (scores.Dim(2), scores.Dim(3));
        ShapeTop(tops, 0, [1, 1, Anchors * height, width]);
        for (int top = 1; top < 4; top++)
        {
            ShapeTop(tops, top, [1, 4 * Anchors, height, width]);
        }

        MakeRoom(ObjectRows.Count(bottoms[1]));
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int count = ObjectRows.Read(bottoms[1], objects);
        ReadOnlySpan<float> image = bottoms[2].Data;
        var match = new MatchJob(this, (image[0], image[1]), count);
        Context.Pool.Run(height, ref match);
        for (int row = 1; row < height; row++)
        {
            for (int i = 0; i < count; i++)
            {
                rowBest[i] = Math.Max(rowBest[i], rowBest[(row * count) + i]);
            }
        }

        var label = new LabelJob(this, count);
        Context.Pool.Run(height, ref label);
        var (positives, negatives) = Thin();
        bool isUniform = options.RpnPositiveWeight < 0;
        var write = new WriteJob(
            this,
            tops[0].DataPointer,
            tops[1].DataPointer,
            tops[2].DataPointer,
            tops[3].DataPointer,
            isUniform ? 1.0 / (positives + negatives) : options.RpnPositiveWeight / positives,
            isUniform ? 1.0 / (positives + negatives) : (1 - options.RpnPositiveWeight) / negatives,
            count);
        Context.Pool.Run(height, ref write);
    }

    private void MakeRoom(int count)
    {
        if (labels.Length < Count)
        {
            (overlaps, nearest) = (new double[Count], new int[Count]);
            (labels, chosen) = (new sbyte[Count], new int[Count]);
        }

        if (rowBest.Length < count * height)
        {
            rowBest = new double[count * height];
        }

        if (objects.Length < count)
        {
            objects = new RegionBox[count];
        }
    }

    private RegionBox Anchor(int row, int column, int anchor)
    {
        double x = (double)column * options.FeatStride, y = (double)row * options.FeatStride;
        ReadOnlySpan<float> box = anchors.AsSpan(4 * anchor, 4);
        return new RegionBox(box[0] + x, box[1] + y, box[2] + x, box[3] + y);
    }

    // Leaves a random choice of the anchors of each kind; returns how many.
    private (int Positives, int Negatives) Thin()
    {
        random.Restart(key, (ulong)Context.Clock.Pass);
        int positives = Thin(Object, (int)(options.RpnFgFraction * options.RpnBatchsize));
        return (positives, Thin(Background, options.RpnBatchsize - positives));
    }

    private int Thin(int kind, int most)
    {
        int found = 0;
        for (int i = 0; i < Count; i++)
        {
            if (labels[i] == kind)
            {
                chosen[found++] = i;
            }
        }

        int kept = RandomChoice.Take(chosen.AsSpan(0, found), most, random);
        foreach (int anchor in chosen.AsSpan(kept, found - kept))
        {
            labels[anchor] = Neither;
        }

        return kept;
    }

    // A part of each job is a row of the map.
    private readonly struct MatchJob(
        AnchorTargetLayer layer, (double Height, double Width) image, int count) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            Span<double> best = layer.rowBest.AsSpan(part * count, count);
            best.Clear();
            int which = part * layer.width * layer.Anchors;
            for (int column = 0; column < layer.width; column++)
            {
                for (int a = 0; a < layer.Anchors; a++, which++)
                {
                    RegionBox anchor = layer.Anchor(part, column, a);
                    (layer.overlaps[which], layer.nearest[which]) = IsInside(anchor) ? Match(anchor, best) : (-1, 0);
                }
            }
        }

        private bool IsInside(RegionBox anchor)
        {
            int border = layer.options.AllowedBorder;
            return anchor.Left >= -border && anchor.Top >= -border
                && anchor.Right < image.Width + border && anchor.Bottom < image.Height + border;
        }

        private (double Overlap, int Object) Match(RegionBox anchor, Span<double> best)
        {
            double most = 0;
            int which = 0;
            for (int i = 0; i < best.Length; i++)
            {
                double overlap = anchor.Overlap(layer.objects[i]);
                best[i] = Math.Max(best[i], overlap);
                (most, which) = overlap > most ? (overlap, i) : (most, which);
            }

            return (most, which);
        }
    }

    private readonly struct LabelJob(AnchorTargetLayer layer, int count) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int which = part * layer.width * layer.Anchors;
            for (int column = 0; column < layer.width; column++)
            {
                for (int a = 0; a < layer.Anchors; a++, which++)
                {
                    layer.labels[which] = (sbyte)Label(part, column, a, layer.overlaps[which]);
                }
            }
        }

        private int Label(int row, int column, int anchor, double overlap)
        {
            bool isBackground = overlap < layer.options.RpnNegativeOverlap;
            return overlap < 0 ? Neither
                : isBackground && layer.options.RpnClobberPositives ? Background
                : overlap >= layer.options.RpnPositiveOverlap || IsBest(row, column, anchor, overlap) ? Object
                : isBackground ? Background
                : Neither;
        }

        private bool IsBest(int row, int column, int anchor, double overlap)
        {
            if (overlap == 0)
            {
                return false;
            }

            RegionBox box = layer.Anchor(row, column, anchor);
            for (int i = 0; i < count; i++)
            {
                if (layer.rowBest[i] > 0 && layer.rowBest[i] <= overlap
                    && box.Overlap(layer.objects[i]) == layer.rowBest[i])
                {
                    return true;
                }
            }

            return false;
        }
    }

    private readonly struct WriteJob(
        AnchorTargetLayer layer, float* labels, float* shifts, float* inside, float* outside,
        double positiveWeight, double negativeWeight, int count) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int which = part * layer.width * layer.Anchors, plane = layer.height * layer.width;
            for (int column = 0; column < layer.width; column++)
            {
                for (int a = 0; a < layer.Anchors; a++, which++)
                {
                    int at = (a * plane) + (part * layer.width) + column;
                    labels[at] = layer.labels[which];
                    Write(part, column, a, which);
                }
            }
        }

        private void Write(int row, int column, int anchor, int which)
        {
            int plane = layer.height * layer.width, first = (4 * anchor * plane) + (row * layer.width) + column;
            int label = layer.labels[which];
            double weight = label == Object ? positiveWeight : label == Background ? negativeWeight : 0;
            bool hasShifts = layer.overlaps[which] >= 0 && count > 0;
            if (hasShifts)
            {
                layer.norm.Write(
                    layer.Anchor(row, column, anchor).ShiftsTo(layer.objects[layer.nearest[which]]),
                    new Span<float>(shifts + first, (3 * plane) + 1),
                    plane);
            }

            for (int i = 0; i < 4; i++)
            {
                int at = first + (i * plane);
                shifts[at] = hasShifts ? shifts[at] : 0;
                inside[at] = label == Object ? (float)layer.options.RpnBboxInsideWeights[i] : 0;
                outside[at] = (float)weight;
            }
        }
    }
}
