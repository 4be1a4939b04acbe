using Cnn.Fillers;
using Cnn.Layers.Plugins;

namespace Cnn.Layers.Detection;

/// <summary>
/// py-faster-rcnn's ProposalTargetLayer, in the place of the Python class: what the second stage of a detector learns
/// from one image (Girshick 2015, "Fast R-CNN", section 2.3). Bottoms: proposed regions [P, 5], each
/// (0, x1, y1, x2, y2), and the objects [G, 5], each (x1, y1, x2, y2, class), which are proposed too. Tops: the regions
/// chosen [R, 5, 1, 1]; their classes [R, 1, 1, 1], 0 for background; the shifts from the regions to their objects
/// [R, 4K, 1, 1], at the place of their class, 0 elsewhere; inside weights and outside weights of that shape, not 0 at
/// that place alone. There is no gradient.
/// </summary>
/// <remarks>
/// <para>
/// A region is an object's if it overlaps one by <c>fg_thresh</c>, and background if its largest overlap is less than
/// <c>bg_thresh_hi</c> and at least <c>bg_thresh_lo</c>. Of each kind a random choice is taken, a function of (seed,
/// layer name, pass): at most <c>fg_fraction</c> of <c>batch_size</c> of objects, first, filled up with background.
/// With <c>agnostic</c>, K is 2: shifts are at the second place for all classes. Shapes have the four axes of R-FCN's
/// version, which layers take as py-faster-rcnn's [R, 5], [R] and [R, 4K].
/// </para>
/// <para>The keys of <c>param_str</c> are listed at <see cref="Data.RoIDataLayer"/>.</para>
/// </remarks>
[PythonLayer("rpn.proposal_target_layer", "ProposalTargetLayer")]
internal sealed class ProposalTargetLayer : Layer
{
    private const int RegionLength = 5;

    private readonly PhiloxRandom random = new(0);
    private readonly ulong key;
    private readonly ProposalTargetOptions options;
    private readonly BoxNorm norm;
    private readonly bool isAgnostic;
    private RegionBox[] objects = [];
    private RegionBox[] regions = [];
    private int[] nearest = [];
    private int[] foreground = [];
    private int[] background = [];

    /// <exception cref="Cnn.Proto.CnnException">The options are wrong.</exception>
    public ProposalTargetLayer(LayerContext context)
        : base(context)
    {
        options = PluginOptions.Bind<ProposalTargetOptions>(context);
        key = context.Random.Key(Name, "regions");
        isAgnostic = options.Agnostic ?? options.NumClasses == 2;
        norm = options is { BboxNormalizeTargets: true, BboxNormalizeTargetsPrecomputed: true }
            ? BoxNorm.Of(context, "bbox_normalize", options.BboxNormalizeMeans, options.BboxNormalizeStds)
            : BoxNorm.None;
        RegionOptions.RequireFour(context, "bbox_inside_weights", options.BboxInsideWeights);
        if (options.BatchSize == 0)
        {
            throw RegionOptions.Error(context, "batch_size in param_str is 0", "1 or more, or -1 for all regions");
        }
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(5);

    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override bool StopsGradient => true;

    private int ShiftClasses => isAgnostic ? 2 : options.NumClasses;

    private int MostRegions => options.BatchSize < 0 ? int.MaxValue : options.BatchSize;

    // Halves are rounded to even.
    private int MostObjects => options.BatchSize < 0
        ? int.MaxValue
        : (int)Math.Round(options.FgFraction * options.BatchSize, MidpointRounding.ToEven);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob proposed = bottoms[0];
        if (proposed.AxisCount is < 2 or > 4 || proposed.Dim(1) != RegionLength
            || proposed.LegacyDim(2) * proposed.LegacyDim(3) != 1)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {proposed.ShapeText}",
                "it needs [P, 5]: 0, x1, y1, x2, y2 of each region");
        }

        ObjectRows.Require(Context, bottoms[1], Parameter.Bottom[1]);
        int objectCount = ObjectRows.Count(bottoms[1]), count = proposed.Dim(0) + objectCount;
        if (objects.Length < objectCount)
        {
            objects = new RegionBox[objectCount];
        }

        if (regions.Length < count)
        {
            regions = new RegionBox[count];
            (nearest, foreground, background) = (new int[count], new int[count], new int[count]);
        }

        ShapeTops(tops, Math.Min(count, MostRegions));
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int objectCount = ObjectRows.Read(bottoms[1], objects), count = Read(bottoms[0]);
        objects.AsSpan(0, objectCount).CopyTo(regions.AsSpan(count));
        var (positives, negatives) = Match(count + objectCount, objectCount);
        random.Restart(key, (ulong)Context.Clock.Pass);
        positives = RandomChoice.Take(foreground.AsSpan(0, positives), MostObjects, random);
        negatives = RandomChoice.Take(background.AsSpan(0, negatives), MostRegions - positives, random);
        ShapeTops(tops, positives + negatives);
        for (int top = 1; top < tops.Count; top++)
        {
            tops[top].Data.Clear();
        }

        for (int row = 0; row < positives + negatives; row++)
        {
            int region = row < positives ? foreground[row] : background[row - positives];
            WriteRegion(tops[0].Data.Slice(row * RegionLength, RegionLength), regions[region]);
            if (row < positives)
            {
                float group = bottoms[1].Data[(nearest[region] * ObjectRows.Length) + ObjectRows.Length - 1];
                tops[1].Data[row] = group;
                WriteShifts(tops, row, Place(group), regions[region].ShiftsTo(objects[nearest[region]]));
            }
        }
    }

    private static void WriteRegion(Span<float> row, RegionBox box)
    {
        (row[0], row[1], row[2]) = (0, (float)box.Left, (float)box.Top);
        (row[3], row[4]) = ((float)box.Right, (float)box.Bottom);
    }

    private void ShapeTops(IReadOnlyList<Blob> tops, int count)
    {
        ShapeTop(tops, 0, [count, RegionLength, 1, 1]);
        ShapeTop(tops, 1, [count, 1, 1, 1]);
        for (int top = 2; top < tops.Count; top++)
        {
            ShapeTop(tops, top, [count, 4 * ShiftClasses, 1, 1]);
        }
    }

    private int Read(Blob proposed)
    {
        ReadOnlySpan<float> values = proposed.Data;
        int count = proposed.Dim(0);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> row = values.Slice(i * RegionLength, RegionLength);
            if (row[0] != 0)
            {
                throw Context.Error(
                    $"region {i} of '{Parameter.Bottom[0]}' is in image {row[0]}", "a pass takes one image, 0");
            }

            regions[i] = RegionBox.Read(row[1..]);
        }

        return count;
    }

    // Sorts the regions into both kinds; returns the number of each.
    private (int Positives, int Negatives) Match(int count, int objectCount)
    {
        int positives = 0, negatives = 0;
        for (int i = 0; i < count; i++)
        {
            double most = 0;
            nearest[i] = 0;
            for (int j = 0; j < objectCount; j++)
            {
                double overlap = regions[i].Overlap(objects[j]);
                if (overlap > most)
                {
                    (most, nearest[i]) = (overlap, j);
                }
            }

            if (most >= options.FgThresh && objectCount > 0)
            {
                foreground[positives++] = i;
            }

            if (most < options.BgThreshHi && most >= options.BgThreshLo)
            {
                background[negatives++] = i;
            }
        }

        return (positives, negatives);
    }

    // Where the shifts of a class are.
    private int Place(float group)
    {
        bool isKnown = group >= 1 && group == MathF.Truncate(group) && (isAgnostic || group < options.NumClasses);
        return isKnown ? (isAgnostic ? 1 : (int)group) : throw Context.Error(
            $"'{Parameter.Bottom[1]}' has an object of class {group}, num_classes in param_str is {options.NumClasses}",
            $"classes of objects are 1 to {options.NumClasses - 1}; with 'agnostic': true they share their shifts");
    }

    private void WriteShifts(
        IReadOnlyList<Blob> tops, int row, int place, (double X, double Y, double Width, double Height) shifts)
    {
        int first = 4 * ((row * ShiftClasses) + place);
        norm.Write(shifts, tops[2].Data.Slice(first, 4), 1);
        for (int i = 0; i < 4; i++)
        {
            float weight = (float)options.BboxInsideWeights[i];
            (tops[3].Data[first + i], tops[4].Data[first + i]) = (weight, weight > 0 ? 1 : 0);
        }
    }
}
