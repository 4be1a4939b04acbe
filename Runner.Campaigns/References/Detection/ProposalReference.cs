using System.Globalization;
using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Detection;

/// <summary>
/// Regions of a region proposal network: shifted anchors by descending score, equal ones by row, column and anchor,
/// without those that overlap a better one, by the rules of two forks and, as a Python layer, of py-faster-rcnn; see
/// <see cref="RegionRules"/>.
/// </summary>
[Reference("Proposal", "Python")]
internal sealed class ProposalReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        var rules = RegionRules.Of(call.Layer, call.IsTraining);
        List<(double Score, Box Box)> kept = [];
        foreach (var region in Regions(call, rules).OrderByDescending(r => r.Score).Take(rules.Candidates))
        {
            if (kept.Count < rules.Most && kept.TrueForAll(k => rules.Allows(k.Box, region.Box)))
            {
                kept.Add(region);
            }
        }

        double[] rows = [.. kept.SelectMany(k => new[] { 0, k.Box.X1, k.Box.Y1, k.Box.X2, k.Box.Y2 })];
        rows.CopyTo(call.Top(0, kept.Count, 5).Data, 0);
        if (call.Tops.Count > 1)
        {
            ReferenceBlob scores = rules.IsPVANets ? call.Top(1, kept.Count) : call.Top(1, kept.Count, 1);
            kept.Select(k => k.Score).ToArray().CopyTo(scores.Data, 0);
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        LayerParameter layer = type == "Python" ? Pythons(random) : Proposals(random);
        var rules = RegionRules.Of(layer, isTraining: false);
        int anchors = rules.Anchors.Count, rows = random.Between(1, 5), columns = random.Between(1, 5);
        int values = !rules.IsPVANets || random.Chance(0.2) ? 3 : 4;
        bool isTied = random.Chance(0.2);
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms =
            [
                new([1, 2 * anchors, rows, columns], isTied ? Fillings.Of(0, 0.25f, 1) : Fillings.Uniform(0, 1)),
                new([1, 4 * anchors, rows, columns], Fillings.Uniform(-0.6f, 0.6f)),
                new([1, values], Image),
            ],
            Tops = random.Between(1, 2),
            HasGradient = false,
            Passes = random.Between(1, 2),
        };
    }

    private static void Image(PhiloxRandom random, float[] values)
    {
        (values[0], values[1]) = (random.Between(20, 200), random.Between(20, 200));
        for (int i = 2; i < values.Length; i++)
        {
            values[i] = random.Pick(0.5f, 1, 1.6f);
        }
    }

    private static LayerParameter Proposals(PhiloxRandom random)
    {
        ProposalParameter options = random.Chance(0.5) ? PVANets(random) : Synopsys(random);
        random.Maybe(() => options.FeatStride = random.Pick(4u, 16u));
        random.Maybe(() => options.PreNmsTopn = (uint)random.Between(1, 40));
        return new LayerParameter { Type = "Proposal", ProposalParam = options };
    }

    private static LayerParameter Pythons(PhiloxRandom random)
    {
        string Numbers(int least, int most, params float[] choices)
        {
            IEnumerable<string> numbers = Enumerable.Range(0, random.Between(least, most))
                .Select(_ => random.Pick<float>(choices).ToString(CultureInfo.InvariantCulture));
            return $"[{string.Join(", ", numbers)}]";
        }

        List<string> lines = [$"'feat_stride': {random.Pick(4, 16)}"];

        // Of 5.5 the height is 38.5, which is rounded to 38.
        random.Maybe(() => lines.Add($"'ratios': {Numbers(1, 3, 0.5f, 0.667f, 1, 1.5f, 5.5f)}"));
        random.Maybe(() => lines.Add($"'scales': {Numbers(1, 3, 0.5f, 1, 2, 3.5f, 8)}"));
        random.Maybe(() => lines.Add($"'rpn_pre_nms_top_n': {random.Between(1, 40)}"));
        random.Maybe(() => lines.Add($"'rpn_post_nms_top_n': {random.Between(1, 20)}"));
        random.Maybe(() => lines.Add($"'rpn_min_size': {random.Between(1, 40)}"));
        random.Maybe(() => lines.Add($"'rpn_nms_thresh': {random.Pick("0.2", "0.5", "0.9")}"));
        random.Maybe(() => lines.Add($"'rpn_normalize_targets': {random.Pick("true", "false")}"));
        random.Maybe(() => lines.Add($"'rpn_normalize_means': {Numbers(4, 4, 0, 0.1f, -0.2f)}"));
        random.Maybe(() => lines.Add($"'rpn_normalize_stds': {Numbers(4, 4, 0.1f, 0.5f, 1)}"));
        string module = random.Pick("rpn.proposal_layer", "proposal_layer");
        return new LayerParameter
        {
            Type = "Python",
            PythonParam = new() { Module = module, Layer = "ProposalLayer", ParamStr = string.Join('\n', lines) },
        };
    }

    private static ProposalParameter PVANets(PhiloxRandom random)
    {
        var options = new ProposalParameter();
        options.Ratio.Add(Enumerable.Range(0, random.Between(1, 3)).Select(_ => random.Pick(0.5f, 0.667f, 1, 1.5f, 2)));
        options.Scale.Add(Enumerable.Range(0, random.Between(1, 3)).Select(_ => random.Pick(0.5f, 1, 2, 3.5f, 8)));
        random.Maybe(() => options.BaseSize = (uint)random.Between(8, 20));
        random.Maybe(() => options.MinSize = (uint)random.Between(1, 40));
        random.Maybe(() => options.PostNmsTopn = (uint)random.Between(1, 20));
        random.Maybe(() => options.NmsThresh = random.Pick(0.2f, 0.5f, 0.9f));
        return options;
    }

    private static ProposalParameter Synopsys(PhiloxRandom random)
    {
        var options = new ProposalParameter();
        random.Maybe(() => options.AnchorBaseSize = random.Between(4, 20));
        random.Maybe(() => options.AnchorScale = random.Between(1, 4));
        random.Maybe(() => options.AnchorRatio = random.Between(1, 4));
        random.Maybe(() => options.MaxRois = random.Between(1, 20));
        random.Maybe(() => options.RpnMinSize = random.Between(1, 40));
        random.Maybe(() => options.RpnNmsThresh = random.Pick(0.2f, 0.5f, 0.9f));
        return options;
    }

    private static IEnumerable<(double Score, Box Box)> Regions(ReferenceCall call, RegionRules rules)
    {
        ReferenceBlob scores = call.Bottoms[0], shifts = call.Bottoms[1];
        double[] image = call.Bottoms[2].Data;
        double leastWidth = rules.LeastSide * (rules.IsPVANets ? image[^1] : image[2]);
        double leastHeight = rules.LeastSide * image[2];
        foreach (int[] at in Positions.Of([scores.Shape[2], scores.Shape[3], rules.Anchors.Count]))
        {
            double Shift(int value) =>
                (shifts[0, (4 * at[2]) + value, at[0], at[1]] * rules.Deviations[value]) + rules.Means[value];
            Box anchor = rules.Anchors[at[2]];
            double width = anchor.X2 - anchor.X1 + 1, height = anchor.Y2 - anchor.Y1 + 1;
            Box box = Box.Around(
                (at[1] * rules.Stride) + anchor.X1 + (width / 2) + (Shift(0) * width),
                (at[0] * rules.Stride) + anchor.Y1 + (height / 2) + (Shift(1) * height),
                Math.Exp(Shift(2)) * width,
                Math.Exp(Shift(3)) * height);
            box = new Box(
                Math.Clamp(box.X1, 0, image[1] - 1), Math.Clamp(box.Y1, 0, image[0] - 1),
                Math.Clamp(box.X2, 0, image[1] - 1), Math.Clamp(box.Y2, 0, image[0] - 1));
            bool isLarge = Rounding.IsAtLeast(box.X2 - box.X1 + 1, leastWidth)
                && Rounding.IsAtLeast(box.Y2 - box.Y1 + 1, leastHeight);
            if (isLarge || rules.IsPVANets)
            {
                yield return (isLarge ? scores[0, rules.Anchors.Count + at[2], at[0], at[1]] : 0, box);
            }
        }
    }
}
