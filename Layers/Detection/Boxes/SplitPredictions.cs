using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers.Detection.Boxes;

/// <summary>
/// Gathers predictions that each map has bottoms of its own for, M scores, then M locations, then the priors of all, to
/// the three blobs that <see cref="PriorReader"/> knows. Bottoms are [N, P C] and [N, P L 4]; or, with
/// <c>no_permute</c>, as convolutions leave them: scores [N, C, A, H W] and locations [N, A L 4, H, W] with A anchors
/// at each position, and then the priors, which are in the order (position, anchor), follow in the order of the
/// predictions, (anchor, position). From Synopsys' fork of Caffe.
/// </summary>
internal sealed unsafe class SplitPredictions(LayerContext context, DetectionOutputParameter options)
{
    private readonly Blob locations = new();
    private readonly Blob scores = new();
    private readonly Blob priors = new();
    private readonly Blob[] gathered = new Blob[3];

    // Of each map: anchors at a position and positions, or 1 and the number of priors.
    private (int Anchors, int Positions)[] maps = [];

    private int Maps => options.Nbottom;

    /// <summary>Whether a layer's bottoms are of this kind.</summary>
    public static bool Are(LayerParameter layer) =>
        layer.DetectionOutputParam is { } options
        && options.Nbottom > 0
        && layer.Bottom.Count == (2L * options.Nbottom) + 1;

    /// <summary>Requires that the bottoms fit each other and shapes what <see cref="Gather"/> fills.</summary>
    /// <param name="bottoms">The layer's bottoms.</param>
    /// <param name="classes">C.</param>
    /// <param name="boxes">L.</param>
    /// <returns>The three blobs.</returns>
    public IReadOnlyList<Blob> Reshape(IReadOnlyList<Blob> bottoms, int classes, int boxes)
    {
        if (maps.Length != Maps)
        {
            maps = new (int, int)[Maps];
        }

        Blob table = bottoms[^1];
        int items = bottoms[0].LegacyDim(0);
        long count = 0;
        for (int i = 0; i < Maps; i++)
        {
            maps[i] = ReadMap(bottoms, i, items, classes, boxes);
            count += (long)maps[i].Anchors * maps[i].Positions;
        }

        if (table.Count != 8 * count)
        {
            throw context.Error(
                $"bottom '{context.Parameter.Bottom[^1]}' has shape {table.ShapeText}, but the {Maps} maps have "
                + $"{count} boxes",
                $"it needs [1, 2, {4 * count}]: four sides of each, then four variances of each");
        }

        if (items * count * Math.Max(classes, 4L * boxes) > int.MaxValue)
        {
            throw context.Error($"{items} items with {count} boxes and {classes} classes are too many");
        }

        locations.Reshape(items, (int)count * 4 * boxes);
        scores.Reshape(items, (int)count * classes);
        priors.Reshape(1, 2, (int)count * 4);
        (gathered[0], gathered[1], gathered[2]) = (locations, scores, priors);
        return gathered;
    }

    /// <summary>Copies the bottoms to the three blobs.</summary>
    public void Gather(IReadOnlyList<Blob> bottoms, int classes, int boxes, WorkerPool pool)
    {
        int items = locations.Dim(0), count = priors.Count / 8, first = 0;
        for (int i = 0; i < Maps; i++)
        {
            var (anchors, positions) = maps[i];
            float* toScores = scores.DataPointer + ((long)first * classes);
            float* toLocations = locations.DataPointer + (4L * first * boxes);
            Copy(bottoms[i].DataPointer, toScores, items, 1, classes, anchors * positions, count, pool);
            Copy(bottoms[Maps + i].DataPointer, toLocations, items, anchors, 4 * boxes, positions, count, pool);
            CopyPriors(
                (Box*)bottoms[^1].DataPointer + first, (Box*)priors.DataPointer + first, count, anchors, positions);
            first += anchors * positions;
        }
    }

    // The values of a box are side by side already, or each is a plane of its own.
    private void Copy(
        float* from, float* to, int items, int groups, int length, int places, int count, WorkerPool pool)
    {
        bool isPlanes = options.NoPermute;
        var job = new CopyJob(from, to, groups, length, places, count, isPlanes);
        pool.Run(items * groups, ref job);
    }

    private static void CopyPriors(Box* from, Box* to, int count, int anchors, int positions)
    {
        for (int anchor = 0; anchor < anchors; anchor++)
        {
            for (int position = 0; position < positions; position++)
            {
                int source = (position * anchors) + anchor, target = (anchor * positions) + position;
                (to[target], to[count + target]) = (from[source], from[count + source]);
            }
        }
    }

    private (int Anchors, int Positions) ReadMap(
        IReadOnlyList<Blob> bottoms, int map, int items, int classes, int boxes)
    {
        Blob score = bottoms[map], location = bottoms[Maps + map];
        int anchors = 1, positions = location.LegacyDim(0) == 0 ? 0 : location.CountOf(1) / (4 * boxes);
        bool fits = score.LegacyDim(0) == items && location.LegacyDim(0) == items;
        if (options.NoPermute)
        {
            (anchors, positions) = (location.LegacyDim(1) / (4 * boxes), location.LegacyDim(2) * location.LegacyDim(3));
            fits &= score.LegacyDim(1) == classes && score.LegacyDim(2) == anchors && score.LegacyDim(3) == positions;
        }

        fits &= location.Count == (long)items * anchors * positions * boxes * 4;
        fits &= score.Count == (long)items * anchors * positions * classes;
        return fits ? (anchors, positions) : throw context.Error(
            $"bottom '{context.Parameter.Bottom[map]}' has shape {score.ShapeText}, bottom "
            + $"'{context.Parameter.Bottom[Maps + map]}' {location.ShapeText}",
            options.NoPermute
                ? $"the first needs [N, {classes}, A, H W], the second [N, {4 * boxes} A, H, W], A boxes at a position"
                : $"the first needs {classes} scores for each box of each item, the second {4 * boxes} numbers");
    }

    // A part is an item's group of places: all of a map, or those of one anchor.
    private readonly struct CopyJob(
        float* from, float* to, int groups, int length, int places, int count, bool isPlanes) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int item = part / groups, group = part % groups, size = length * places;
            float* source = from + ((long)part * size);
            float* target = to + ((long)item * count * length) + ((long)group * size);
            if (!isPlanes)
            {
                new ReadOnlySpan<float>(source, size).CopyTo(new Span<float>(target, size));
                return;
            }

            for (int value = 0; value < length; value++)
            {
                float* plane = source + ((long)value * places);
                for (int place = 0; place < places; place++)
                {
                    target[((long)place * length) + value] = plane[place];
                }
            }
        }
    }
}
