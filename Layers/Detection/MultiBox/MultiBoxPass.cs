using System.Runtime.Intrinsics;
using Cnn.Layers.Detection.Boxes;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Losses;
using Cnn.Layers.Threading;
using Cnn.Proto;
using ConfLoss = Cnn.Proto.MultiBoxLossParameter.Types.ConfLossType;
using LocLoss = Cnn.Proto.MultiBoxLossParameter.Types.LocLossType;
using Match = Cnn.Proto.MultiBoxLossParameter.Types.MatchType;
using Mining = Cnn.Proto.MultiBoxLossParameter.Types.MiningType;

namespace Cnn.Layers.Detection.MultiBox;

/// <summary>What the jobs of a MultiBoxLoss layer read and write in a pass; a part of each is one item.</summary>
internal unsafe struct MultiBoxPass
{
    /// <summary>The class of a prior that does not count in the loss of the classes.</summary>
    public const int NoRow = int.MinValue;

    /// <summary>The class of a prior that counts although it has none.</summary>
    public const int NoClass = int.MinValue + 1;

    private const float SmallArea = 1e-5f;

    /// <summary>The options.</summary>
    public MultiBoxLossParameter Options;

    /// <summary>The objects.</summary>
    public TruthBoxes Truths;

    /// <summary>The priors.</summary>
    public PriorTable Priors;

    /// <summary>Boxes for each prior, L, and classes, C.</summary>
    public int BoxesPerPrior, Classes;

    /// <summary>The class that is no object; may be none of the classes.</summary>
    public int Background;

    /// <summary>Predicted locations and, if they are needed, boxes, [N, P, L].</summary>
    public Box* Locations, Decoded;

    /// <summary>Scores [N, P, C] and, for a softmax, their probabilities.</summary>
    public float* Scores, Probabilities;

    /// <summary>The object that each location is matched to, [N, L, P], see <see cref="BoxMatcher"/>.</summary>
    public int* Matches;

    /// <summary>The largest overlap of each location with an object, [N, L, P].</summary>
    public float* Overlaps;

    /// <summary>The class that each prior is trained to have, [N, P], or <see cref="NoRow"/> and so on.</summary>
    public int* Targets;

    /// <summary>The number of matches of each item.</summary>
    public int* Counts;

    /// <summary>The losses of each item: of the locations, then of the classes, [N, 2].</summary>
    public double* Losses;

    /// <summary>The threads.</summary>
    public WorkerPool Pool;

    /// <summary>Matches the objects of an item to priors or to the boxes predicted.</summary>
    public readonly void MatchItem(int item, int worker)
    {
        ReadOnlySpan<Box> truths = Truths.Boxes(item);
        ReadOnlySpan<int> labels = Truths.Labels(item);
        int count = Priors.Count;
        float* overlaps = Pool.Scratch(worker, ScratchSlot.Columns, (long)truths.Length * count);
        int* best = (int*)Pool.Scratch(worker, ScratchSlot.Image, truths.Length);
        var matcher = new BoxMatcher
        {
            Threshold = Options.MatchType == Match.PerPrediction ? Options.OverlapThreshold : null,
            InsideOnly = Options.IgnoreCrossBoundaryBbox,
        };
        if (Options.UsePriorForMatching)
        {
            MatchPriors(item, matcher, truths, labels, overlaps, best);
            return;
        }

        for (int label = 0; label < BoxesPerPrior; label++)
        {
            int* match = MatchesOf(item, label);
            if (!Options.ShareLocation && label == Background)
            {
                new Span<int>(match, count).Fill(BoxMatcher.None);
                continue;
            }

            matcher.Match(
                Decoded + ((long)item * count * BoxesPerPrior) + label, BoxesPerPrior, count, truths, labels,
                Options.ShareLocation ? null : label, overlaps, best, match,
                OverlapsOf(item, label));
        }
    }

    /// <summary>Chooses the priors that train the classes, and computes the losses of an item.</summary>
    public readonly void MineItem(int item, int worker)
    {
        int count = Priors.Count;
        int* targets = Targets + ((long)item * count);
        new Span<int>(targets, count).Fill(
            Options.MiningType != Mining.None ? NoRow
            : Options.ConfLossType == ConfLoss.Softmax ? Background
            : NoClass);
        if (Options.MiningType != Mining.None && Truths.Boxes(item).Length > 0)
        {
            Mine(item, worker, targets);
        }

        ReadOnlySpan<int> labels = Truths.Labels(item);
        (double locations, int matches) = (0, 0);
        for (int label = 0; label < BoxesPerPrior; label++)
        {
            int* match = MatchesOf(item, label);
            for (int prior = 0; prior < count; prior++)
            {
                if (match[prior] >= 0)
                {
                    matches++;
                    targets[prior] = labels[match[prior]];
                    locations += LocationLoss(Difference(item, label, prior));
                }
            }
        }

        double classes = 0;
        for (int prior = 0; prior < count; prior++)
        {
            classes += targets[prior] == NoRow ? 0 : ClassLoss(item, prior, targets[prior]);
        }

        (Losses[2 * item], Losses[(2 * item) + 1], Counts[item]) = (locations, classes, matches);
    }

    /// <summary>
    /// Returns whether a sigmoid of a prior is trained to be 1: that of its class; where each class has locations of
    /// its own, that of each whose location is matched.
    /// </summary>
    public readonly bool Learns(int item, int prior, int label) =>
        Targets[((long)item * Priors.Count) + prior] == label
        || (BoxesPerPrior > 1 && MatchesOf(item, label)[prior] >= 0);

    /// <summary>Returns the matches of an item's locations for a class.</summary>
    public readonly int* MatchesOf(int item, int label) =>
        Matches + ((((long)item * BoxesPerPrior) + label) * Priors.Count);

    /// <summary>
    /// Returns a predicted location minus that of its object; 0 in coordinates that are not to be learned.
    /// </summary>
    public readonly Box Difference(int item, int label, int prior)
    {
        int truth = MatchesOf(item, label)[prior];
        Box box = Priors[prior], variance = Priors.GivenVariance(prior);
        Box target = BoxCode.Encode(
            Options.CodeType, box, Priors.Variance(prior), Truths.Boxes(item)[truth]);
        long at = ((((long)item * Priors.Count) + prior) * BoxesPerPrior) + label;
        Box predicted = Locations[at];
        Box by = Options.EncodeVarianceInTarget ? variance : BoxCode.NoVariance;
        Box inside = !Options.BpInside ? new Box(0, 0, 0, 0) : Options.UsePriorForMatching ? box : Decoded[at];
        return new Box(
            IsOutside(inside.XMin) ? 0 : (predicted.XMin / by.XMin) - (target.XMin / by.XMin),
            IsOutside(inside.YMin) ? 0 : (predicted.YMin / by.YMin) - (target.YMin / by.YMin),
            IsOutside(inside.XMax) ? 0 : (predicted.XMax / by.XMax) - (target.XMax / by.XMax),
            IsOutside(inside.YMax) ? 0 : (predicted.YMax / by.YMax) - (target.YMax / by.YMax));
    }

    private static bool IsOutside(float side) => side is < 0 or > 1;

    private readonly void MatchPriors(
        int item, BoxMatcher matcher, ReadOnlySpan<Box> truths, ReadOnlySpan<int> labels, float* overlaps, int* best)
    {
        int count = Priors.Count;
        int* match = MatchesOf(item, 0);
        matcher.Match(
            Priors.Boxes, 1, count, truths, labels, null, overlaps, best, match, OverlapsOf(item, 0));
        if (Options.ShareLocation)
        {
            return;
        }

        // A match is of the location of its object's class; the first class's are read before they are overwritten.
        for (int label = BoxesPerPrior - 1; label >= 0; label--)
        {
            int* own = MatchesOf(item, label);
            for (int i = 0; i < count; i++)
            {
                bool isOwn = match[i] >= 0 && labels[match[i]] == label && label != Background;
                own[i] = isOwn ? match[i] : BoxMatcher.None;
            }
        }
    }

    private readonly void Mine(int item, int worker, int* targets)
    {
        int count = Priors.Count;
        int* match = MatchesOf(item, 0);
        ReadOnlySpan<int> labels = Truths.Labels(item);
        var keys = new Span<ulong>(Pool.Scratch(worker, ScratchSlot.Layer, 2L * count), count);
        bool isHard = Options.MiningType == Mining.HardExample;
        int candidates = 0, positives = 0;
        for (int i = 0; i < count; i++)
        {
            positives += match[i] >= 0 ? 1 : 0;
            if (isHard || (match[i] == BoxMatcher.None && OverlapsOf(item, 0)[i] < Options.NegOverlap))
            {
                double loss = MiningLoss(item, i, match[i] >= 0 ? labels[match[i]] : Background);
                loss += isHard && match[i] >= 0 ? LocationLoss(Difference(item, 0, i)) : 0;
                keys[candidates++] = ScoreOrder.Key(double.IsNaN(loss) ? float.MaxValue : (float)loss, i);
            }
        }

        int wanted = Math.Min(candidates, isHard ? Options.SampleSize : (int)(positives * Options.NegPosRatio));
        keys = Select(item, worker, keys[..candidates], wanted);
        foreach (ulong key in keys)
        {
            int prior = ScoreOrder.Index(key);
            targets[prior] = match[prior] == BoxMatcher.None ? Background : targets[prior];
        }

        if (isHard)
        {
            KeepSelected(keys, match, count);
        }
    }

    private readonly Span<ulong> Select(int item, int worker, Span<ulong> keys, int wanted)
    {
        if (Options.NmsParam is not { NmsThreshold: > 0 } suppression)
        {
            return keys[..ScoreOrder.SortFirst(keys, Math.Max(0, wanted))];
        }

        int top = suppression.HasTopK && suppression.TopK > -1 ? suppression.TopK : keys.Length;
        keys = keys[..ScoreOrder.SortFirst(keys, top)];
        float* scratch = Pool.Scratch(worker, ScratchSlot.Columns, Suppression.ScratchSize(keys.Length));
        Box* boxes = Options.UsePriorForNms ? Priors.Boxes : Decoded + ((long)item * Priors.Count);
        int stay = Suppression.Run(keys, (float*)boxes, 4, suppression.NmsThreshold, 1, SmallArea, scratch);
        return keys[..Math.Min(stay, Math.Max(0, wanted))];
    }

    // Matches that are not selected are lost; the selected ones are marked meanwhile.
    private static void KeepSelected(ReadOnlySpan<ulong> keys, int* match, int count)
    {
        const int Mark = int.MinValue;
        foreach (ulong key in keys)
        {
            int prior = ScoreOrder.Index(key);
            match[prior] = match[prior] >= 0 ? match[prior] + Mark : match[prior];
        }

        for (int i = 0; i < count; i++)
        {
            match[i] = match[i] >= 0 ? BoxMatcher.None : match[i] < BoxMatcher.LeftOut ? match[i] - Mark : match[i];
        }
    }

    // The loss of the classes for a prior, against one class alone.
    private readonly float MiningLoss(int item, int prior, int label)
    {
        long row = (((long)item * Priors.Count) + prior) * Classes;
        if (Options.ConfLossType == ConfLoss.Softmax)
        {
            return -MathF.Log(MathF.Max(Probabilities[row + label], LogLossKernel.SmallestNormal));
        }

        bool isClass = label >= 0 && label < Classes;
        return (float)(SoftPlus(Scores + row).Plus - (isClass ? Scores[row + label] : 0));
    }

    private readonly double ClassLoss(int item, int prior, int target)
    {
        if (Options.ConfLossType == ConfLoss.Softmax)
        {
            return MiningLoss(item, prior, target);
        }

        // Targets are the background's number everywhere, as in the fork, and 1 at the classes that are learned.
        float* x = Scores + ((((long)item * Priors.Count) + prior) * Classes);
        var (plus, sum) = SoftPlus(x);
        double own = 0;
        for (int label = 0; label < Classes; label++)
        {
            own += Learns(item, prior, label) ? x[label] : 0;
        }

        return plus - (Background * sum) - ((1.0 - Background) * own);
    }

    private readonly double LocationLoss(Box d) => Half(d.XMin) + Half(d.YMin) + Half(d.XMax) + Half(d.YMax);

    private readonly double Half(float d) => Options.LocLossType == LocLoss.SmoothL1
        ? SmoothL1Kernel.Reference(d, 1)
        : 0.5 * d * d;

    // The sums of log(1 + e^x) and of x over the classes.
    private readonly (double Plus, double Sum) SoftPlus(float* x)
    {
        WideSum plus = default, sum = default;
        for (int i = 0; i < Classes; i += Lanes.Width)
        {
            int left = Classes - i;
            Vector512<float> value = Lanes.Load(x + i, left);
            Vector512<float> rest = ExpMath.LogOnePlus(ExpMath.Exp(-Vector512.Abs(value)));
            plus.Add(Lanes.First(Vector512.Max(value, Vector512<float>.Zero) + rest, left));
            sum.Add(value);
        }

        return (plus.Total, sum.Total);
    }

    private readonly float* OverlapsOf(int item, int label) =>
        Overlaps + ((((long)item * BoxesPerPrior) + label) * Priors.Count);
}
