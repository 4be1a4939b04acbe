using Cnn.Proto;
using ConfLoss = Cnn.Proto.MultiBoxLossParameter.Types.ConfLossType;
using LocLoss = Cnn.Proto.MultiBoxLossParameter.Types.LocLossType;
using Match = Cnn.Proto.MultiBoxLossParameter.Types.MatchType;
using Mining = Cnn.Proto.MultiBoxLossParameter.Types.MiningType;

namespace Cnn.Campaigns.References.Detection;

/// <summary>An image of SSD's loss: which locations are matched to objects, and which classes priors learn.</summary>
internal sealed class MultiBoxImage
{
    private const int None = -1;
    private const int LeftOut = -2;
    private const double LeastOverlap = 1e-6;
    private const double LeastArea = 1e-5;
    private const double LeastProbability = 1.17549435e-38;

    private readonly ReferenceCall call;
    private readonly MultiBoxLossParameter options;
    private readonly int image;
    private readonly (int Label, Box Box)[] truths;

    // The object of each prior by the class of its location, and the largest overlap of each.
    private readonly int[][] matches;
    private readonly double[][] overlaps;

    // The classes that each prior learns to be; null where it learns none.
    private readonly SortedSet<int>?[] targets;

    /// <summary>Matches and chooses.</summary>
    public MultiBoxImage(ReferenceCall call, int image)
    {
        (this.call, this.image, options) = (call, image, call.Layer.MultiboxLossParam);
        Classes = (int)options.NumClasses;
        Priors = call.Bottoms[2].Count / 8;
        truths =
        [
            .. call.Bottoms[3].Data.Chunk(8).Where(r => r[0] == image && (options.UseDifficultGt || r[7] == 0))
                .Select(r => (options.MapObjectToAgnostic ? Background + 1 : (int)r[1], Box.Of(r, 3))),
        ];
        matches = new int[Locations][];
        overlaps = new double[Locations][];
        MatchAll();
        bool isMined = options.MiningType != Mining.None;
        targets = [.. Enumerable.Range(0, Priors).Select(_ => isMined ? null : new SortedSet<int>())];
        if (isMined && truths.Length > 0)
        {
            Mine();
        }

        foreach (var (location, prior, truth) in Matches)
        {
            (targets[prior] ??= []).Add(truths[truth].Label);
        }
    }

    /// <summary>The number of priors.</summary>
    public int Priors { get; }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>The matches: class of the location, prior and object.</summary>
    public IEnumerable<(int Location, int Prior, int Truth)> Matches =>
        from location in Enumerable.Range(0, Locations)
        from prior in Enumerable.Range(0, Priors)
        where matches[location][prior] >= 0
        select (location, prior, matches[location][prior]);

    private int Background => (int)options.BackgroundLabelId;

    private int Locations => options.ShareLocation ? 1 : Classes;

    /// <summary>Returns the loss of a location, and how it grows with each number of the location.</summary>
    public (double Loss, double[] Slopes) LocationLoss(int location, int prior, int truth)
    {
        double[] variance = Variance(prior), given = GivenVariance(prior);
        double[] target = PriorCode.Encode(options.CodeType, Prior(prior), variance, truths[truth].Box);
        double[] place = call.Bottoms[0].Data[Place(location, prior)..];
        Box box = options.UsePriorForMatching ? Prior(prior) : Decoded(location, prior);
        double[] corners = [box.X1, box.Y1, box.X2, box.Y2], slopes = new double[4];
        double loss = 0;
        for (int i = 0; i < 4; i++)
        {
            if (!options.BpInside || !IsOutside(corners[i]))
            {
                double d = (place[i] - target[i]) / (options.EncodeVarianceInTarget ? given[i] : 1);
                bool isSquare = options.LocLossType == LocLoss.L2 || Math.Abs(d) < 1;
                loss += isSquare ? d * d / 2 : Math.Abs(d) - 0.5;
                slopes[i] = isSquare ? d : Math.Sign(d);
            }
        }

        return (loss, slopes);
    }

    /// <summary>
    /// Returns the loss of a prior's classes, and how it grows with each score; null where it learns none.
    /// </summary>
    public (double Loss, double[] Slopes)? ClassLoss(int prior) => targets[prior] is not { } learned ? null
        : options.ConfLossType == ConfLoss.Softmax
            ? Softmax(prior, learned.Count == 0 ? Background : learned.Max)
            : Logistic(prior, c => learned.Contains(c) ? 1 : Background);

    /// <summary>Returns where the location of a prior for a class is in the first bottom.</summary>
    public int Place(int location, int prior) => ((((image * Priors) + prior) * Locations) + location) * 4;

    /// <summary>Returns where the scores of a prior are in the second bottom.</summary>
    public int ScorePlace(int prior) => ((image * Priors) + prior) * Classes;

    private static bool IsOutside(double side) => Rounding.IsAbove(1, 1 + side) || Rounding.IsAbove(side, 1);

    private static bool ReachesOutside(Box box) =>
        IsOutside(box.X1) || IsOutside(box.Y1) || IsOutside(box.X2) || IsOutside(box.Y2);

    private (double Loss, double[] Slopes) Softmax(int prior, int label)
    {
        double[] powers = [.. Scores(prior).Select(Math.Exp)];
        double[] shares = [.. powers.Select(p => p / powers.Sum())];
        return (-Math.Log(Math.Max(shares[label], LeastProbability)), [.. shares.Select((p, c) => p - Is(c, label))]);
    }

    private (double Loss, double[] Slopes) Logistic(int prior, Func<int, double> target)
    {
        double[] x = Scores(prior);
        return (
            x.Select((v, c) => Math.Log(1 + Math.Exp(v)) - (target(c) * v)).Sum(),
            [.. x.Select((v, c) => (1 / (1 + Math.Exp(-v))) - target(c))]);
    }

    private static double Is(int label, int other) => label == other ? 1 : 0;

    private double[] Scores(int prior) => call.Bottoms[1].Data[ScorePlace(prior)..(ScorePlace(prior) + Classes)];

    private Box Prior(int prior) => Box.Of(call.Bottoms[2].Data, prior * 4);

    private double[] GivenVariance(int prior) => call.Bottoms[2].Data[((Priors + prior) * 4)..];

    private double[] Variance(int prior) => options.EncodeVarianceInTarget ? [1, 1, 1, 1] : GivenVariance(prior);

    private Box Decoded(int location, int prior) => PriorCode.Decode(
        options.CodeType, Prior(prior), Variance(prior), call.Bottoms[0].Data[Place(location, prior)..]);

    // Priors are matched to all objects at once; a match is of the location of its object's class.
    private void MatchAll()
    {
        for (int location = 0; location < Locations; location++)
        {
            int own = location;
            Box[] boxes = options.UsePriorForMatching
                ? [.. Enumerable.Range(0, Priors).Select(Prior)]
                : [.. Enumerable.Range(0, Priors).Select(p => Decoded(own, p))];
            bool isOfOneClass = !options.ShareLocation && !options.UsePriorForMatching;
            MatchBoxes(location, boxes, [.. truths.Select(t => !isOfOneClass || t.Label == own)]);
            if (!options.ShareLocation)
            {
                matches[location] =
                [
                    .. matches[location].Select(t => t >= 0 && truths[t].Label == own && own != Background ? t : None),
                ];
            }
        }
    }

    private void MatchBoxes(int location, Box[] boxes, bool[] counts)
    {
        int[] match = matches[location] =
        [
            .. boxes.Select(b => options.IgnoreCrossBoundaryBbox && counts.Any(c => c) && ReachesOutside(b)
                ? LeftOut
                : None),
        ];
        double Overlap(int box, int truth)
        {
            double overlap = match[box] == LeftOut || !counts[truth] ? 0 : boxes[box].Overlap(truths[truth].Box);
            return overlap > 0 && Rounding.IsAbove(overlap, LeastOverlap) ? overlap : 0;
        }

        var pairs = (
            from box in Enumerable.Range(0, boxes.Length)
            from truth in Enumerable.Range(0, truths.Length)
            select new Pair(box, truth, Overlap(box, truth))).ToArray();
        overlaps[location] =
        [
            .. boxes.Select((_, box) => pairs.Where(p => p.Box == box).Select(p => p.Overlap).DefaultIfEmpty(0).Max()),
        ];
        Pair[] left = [.. pairs.Where(p => p.Overlap > 0)];
        while (Rounding.Largest(left, p => p.Overlap) is { } first)
        {
            match[first.Box] = first.Truth;
            left = [.. left.Where(p => p.Box != first.Box && p.Truth != first.Truth)];
        }

        for (int box = 0; box < boxes.Length && options.MatchType == Match.PerPrediction; box++)
        {
            Pair? best = Rounding.Largest(pairs.Where(p => p.Box == box && p.Overlap > 0), p => p.Overlap);
            if (match[box] == None && best is not null && Rounding.IsAbove(best.Overlap, options.OverlapThreshold))
            {
                match[box] = best.Truth;
            }
        }
    }

    private void Mine()
    {
        bool isHard = options.MiningType == Mining.HardExample;
        int[] match = matches[0];
        var candidates = Enumerable.Range(0, Priors).Where(p => isHard || IsNegative(p)).Select(p => (
            Prior: p, Loss: MiningLoss(p) + (isHard && match[p] >= 0 ? LocationLoss(0, p, match[p]).Loss : 0)));
        int[] order = [.. Rounding.Descending(candidates, c => c.Loss).Select(c => c.Prior)];
        int most = isHard ? options.SampleSize : (int)(match.Count(m => m >= 0) * options.NegPosRatio);
        int[] selected = [.. Suppressed(order).Take(most)];
        foreach (int prior in selected.Where(p => match[p] == None))
        {
            targets[prior] = [Background];
        }

        for (int prior = 0; prior < Priors && isHard; prior++)
        {
            match[prior] = selected.Contains(prior) ? match[prior] : None;
        }
    }

    private bool IsNegative(int prior) => matches[0][prior] == None && (overlaps[0][prior] == 0
        ? options.NegOverlap > 0
        : Rounding.IsAbove(options.NegOverlap, overlaps[0][prior]));

    // Against the class of the object or the background, one alone.
    private double MiningLoss(int prior)
    {
        int match = matches[0][prior], label = match >= 0 ? truths[match].Label : Background;
        return (options.ConfLossType == ConfLoss.Softmax
            ? Softmax(prior, label)
            : Logistic(prior, c => Is(c, label))).Loss;
    }

    // The priors that overlap no worse one before them, where a threshold is given.
    private IEnumerable<int> Suppressed(IReadOnlyList<int> order)
    {
        if (options.NmsParam is not { NmsThreshold: > 0 } suppression)
        {
            return order;
        }

        List<(int Prior, Box Box)> kept = [];
        int most = suppression.HasTopK && suppression.TopK > -1 ? suppression.TopK : order.Count;
        foreach (int prior in order.Take(most))
        {
            Box box = options.UsePriorForNms ? Prior(prior) : Decoded(0, prior);
            if (Rounding.IsAbove(box.Area, LeastArea)
                && kept.TrueForAll(k => Rounding.IsAtLeast(suppression.NmsThreshold, k.Box.Overlap(box))))
            {
                kept.Add((prior, box));
            }
        }

        return kept.Select(k => k.Prior);
    }

    private sealed record Pair(int Box, int Truth, double Overlap);
}
