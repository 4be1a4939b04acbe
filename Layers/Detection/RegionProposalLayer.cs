using Cnn.Layers.Threading;

namespace Cnn.Layers.Detection;

/// <summary>
/// Turns the output of a region proposal network into regions (Ren et al. 2015, "Faster R-CNN", section 3.1). Bottoms:
/// scores [1, 2A, H, W], of which channels A to 2A - 1 are those of objects; shifts of the anchors [1, 4A, H, W]; the
/// image's height, width and scale [1, 3]. Tops: regions [R, 5], each (0, x1, y1, x2, y2) in pixels of the image, and
/// their scores. There is no gradient.
/// </summary>
/// <remarks>
/// With an anchor of width w (both its ends belong to it) and centre c, shifts d and e give the centre <c>c + d w</c>
/// and the width <c>exp(e) w</c>, likewise for the height; the region is clipped to the image. The best are sorted by
/// score, equal scores by row, column and anchor, and those that overlap a better one are dropped.
/// </remarks>
internal abstract unsafe class RegionProposalLayer(LayerContext context) : Layer(context)
{
    // Height, width and one scale.
    private const int LeastImageValues = 3;

    private readonly BoxSuppression suppression = new(border: 1);
    private AlignedBuffer boxes = new(0);
    private ulong[] order = [];
    private ProposalRules rules = null!;
    private int height;
    private int width;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(3);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override bool StopsGradient => true;

    private int Anchors => rules.Anchors.Length / 4;

    private int Count => height * width * Anchors;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => rules = ReadRules();

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob scores = bottoms[0], shifts = bottoms[1], image = bottoms[2];
        if (scores.AxisCount != 4 || scores.Dim(0) != 1 || scores.Dim(1) != 2 * Anchors)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {scores.ShapeText} for {Anchors} anchors",
                $"one image's scores are [1, {2 * Anchors}, H, W]: two for each anchor");
        }

        (height, width) = (scores.Dim(2), scores.Dim(3));
        if (!shifts.Shape.SequenceEqual((ReadOnlySpan<int>)[1, 4 * Anchors, height, width]))
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[1]}' has shape {shifts.ShapeText} for {Anchors} anchors and scores of "
                + $"shape {scores.ShapeText}",
                $"it needs [1, {4 * Anchors}, {height}, {width}]: four for each anchor");
        }

        if (image.Count < LeastImageValues)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[2]}' has shape {image.ShapeText}",
                rules.ImageValues == LeastImageValues
                    ? "it needs [1, 3]: the image's height, width and scale"
                    : "it needs [1, 4]: the image's height, width and the scale of each, or [1, 3] with one for both");
        }

        if (order.Length < Count)
        {
            (order, boxes) = (new ulong[Count], new AlignedBuffer(4 * Count));
        }

        ShapeTops(tops, Math.Min(rules.Regions, Count));
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ReadOnlySpan<float> image = bottoms[2].Data;
        var job = new DecodeJob(
            bottoms[0].DataPointer + Count,
            bottoms[1].DataPointer,
            boxes.Pointer,
            order,
            rules,
            (image[0], image[1]),
            (rules.MinSize * image[2], rules.MinSize * image[Math.Min(rules.ImageValues, image.Length) - 1]),
            (height, width));
        Context.Pool.Run(height, ref job);
        Span<ulong> sorted = order.AsSpan(0, Count);
        sorted.Sort();
        int found = Choose(sorted, tops);
        ShapeTops(tops, found);
    }

    /// <summary>Reads the definition.</summary>
    /// <exception cref="Cnn.Proto.CnnException">It is wrong.</exception>
    protected abstract ProposalRules ReadRules();

    private void ShapeTops(IReadOnlyList<Blob> tops, int regions)
    {
        tops[0].Reshape(regions, 5);
        if (tops.Count > 1)
        {
            tops[1].Reshape(rules.ScoresAreRows ? [regions, 1] : [regions]);
        }
    }

    // Goes from the last key, that of the best box, to the first that is of no box.
    private int Choose(ReadOnlySpan<ulong> sorted, IReadOnlyList<Blob> tops)
    {
        suppression.Clear();
        float* regions = tops[0].DataPointer;
        float* regionScores = tops.Count > 1 ? tops[1].DataPointer : null;
        int last = Math.Max(0, sorted.Length - rules.Candidates), found = 0;
        for (int i = sorted.Length - 1; i >= last && sorted[i] != 0 && found < rules.Regions; i--)
        {
            float* box = boxes.Pointer + (4L * BoxOrder.Index(sorted[i]));
            if (!suppression.TryKeep(box[0], box[1], box[2], box[3], rules.Threshold, rules.DropsEqual))
            {
                continue;
            }

            regions[0] = 0;
            new ReadOnlySpan<float>(box, 4).CopyTo(new Span<float>(regions + 1, 4));
            regions += 5;
            if (regionScores != null)
            {
                regionScores[found] = BoxOrder.Score(sorted[i]);
            }

            found++;
        }

        return found;
    }

    // A part is a row of anchors.
    private readonly struct DecodeJob(
        float* scores, float* shifts, float* boxes, ulong[] order, ProposalRules rules,
        (float Height, float Width) image, (float Height, float Width) least,
        (int Height, int Width) map) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int anchors = rules.Anchors.Length / 4, plane = map.Height * map.Width;
            for (int column = 0; column < map.Width; column++)
            {
                int place = (part * map.Width) + column;
                for (int a = 0; a < anchors; a++)
                {
                    int which = (place * anchors) + a;
                    float* box = boxes + (4L * which);
                    float* shift = shifts + (4L * a * plane) + place;
                    float x = (float)column * rules.Stride, y = (float)part * rules.Stride;
                    ReadOnlySpan<float> anchor = rules.Anchors.AsSpan(4 * a, 4);
                    BoxNorm norm = rules.Norm;
                    (box[0], box[2]) = Side(
                        anchor[0] + x,
                        anchor[2] + x,
                        norm.Undo(shift[0], 0),
                        norm.Undo(shift[2L * plane], 2),
                        image.Width - 1);
                    (box[1], box[3]) = Side(
                        anchor[1] + y,
                        anchor[3] + y,
                        norm.Undo(shift[plane], 1),
                        norm.Undo(shift[3L * plane], 3),
                        image.Height - 1);
                    bool isSmall = !(box[2] - box[0] + 1 >= least.Width && box[3] - box[1] + 1 >= least.Height);
                    order[which] = isSmall && rules.LeavesOutSmall
                        ? 0
                        : BoxOrder.Key(isSmall ? 0 : scores[((long)a * plane) + place], (uint)which);
                }
            }
        }

        private static (float Start, float End) Side(float start, float end, float move, float grow, float limit)
        {
            double size = end - (double)start + 1;
            double centre = start + (size / 2) + (move * size);
            double half = Math.Exp(grow) * size / 2;
            return (
                Math.Max(Math.Min((float)(centre - half), limit), 0),
                Math.Max(Math.Min((float)(centre + half), limit), 0));
        }
    }
}
