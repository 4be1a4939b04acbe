using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Detection;

/// <summary>
/// Regions of a region proposal network by the rules of two forks: shifted anchors by descending score, equal ones by
/// row, column and anchor, without those that overlap a better one; see <see cref="Rules"/>.
/// </summary>
[Reference("Proposal")]
internal sealed class ProposalReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        var rules = Rules.Of(call.Layer.ProposalParam);
        List<(double Score, Box Box)> kept = [];
        foreach (var region in Regions(call, rules).OrderByDescending(r => r.Score).Take(rules.Candidates))
        {
            if (kept.Count < rules.Most && kept.TrueForAll(k => Rounding.IsAtLeast(rules.Overlap, k.Box.PixelOverlap(
                region.Box))))
            {
                kept.Add(region);
            }
        }

        double[] rows = [.. kept.SelectMany(k => new[] { 0, k.Box.X1, k.Box.Y1, k.Box.X2, k.Box.Y2 })];
        rows.CopyTo(call.Top(0, kept.Count, 5).Data, 0);
        if (call.Tops.Count > 1)
        {
            ReferenceBlob scores = rules.IsSynopsys ? call.Top(1, kept.Count, 1) : call.Top(1, kept.Count);
            kept.Select(k => k.Score).ToArray().CopyTo(scores.Data, 0);
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        ProposalParameter options = random.Chance(0.5) ? PVANets(random) : Synopsys(random);
        random.Maybe(() => options.FeatStride = random.Pick(4u, 16u));
        random.Maybe(() => options.PreNmsTopn = (uint)random.Between(1, 40));
        var rules = Rules.Of(options);
        int anchors = rules.Anchors.Count, rows = random.Between(1, 5), columns = random.Between(1, 5);
        int values = rules.IsSynopsys || random.Chance(0.2) ? 3 : 4;
        bool isTied = random.Chance(0.2);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, ProposalParam = options },
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

    private static IEnumerable<(double Score, Box Box)> Regions(ReferenceCall call, Rules rules)
    {
        ReferenceBlob scores = call.Bottoms[0], shifts = call.Bottoms[1];
        double[] image = call.Bottoms[2].Data;
        double leastWidth = rules.LeastSide * (rules.IsSynopsys ? image[2] : image[^1]);
        double leastHeight = rules.LeastSide * image[2];
        foreach (int[] at in Positions.Of([scores.Shape[2], scores.Shape[3], rules.Anchors.Count]))
        {
            double Shift(int value) => shifts[0, (4 * at[2]) + value, at[0], at[1]];
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
            if (isLarge || !rules.IsSynopsys)
            {
                yield return (isLarge ? scores[0, rules.Anchors.Count + at[2], at[0], at[1]] : 0, box);
            }
        }
    }

    /// <summary>
    /// PVANet's rules, known by ratio and scale: the scores of small regions become 0, and height and width have scales
    /// of their own. Synopsys': small regions are left out.
    /// </summary>
    private sealed record Rules(
        bool IsSynopsys, int Stride, IReadOnlyList<Box> Anchors, double LeastSide, int Candidates, int Most,
        double Overlap)
    {
        public static Rules Of(ProposalParameter options)
        {
            int stride = (int)options.FeatStride, candidates = (int)options.PreNmsTopn;
            if (options.Ratio.Count > 0)
            {
                double[] ratios = [.. options.Ratio], scales = [.. options.Scale];
                return new(
                    false, stride, Make((int)options.BaseSize, ratios, scales), options.MinSize, candidates,
                    (int)options.PostNmsTopn, options.NmsThresh);
            }

            return new(
                true,
                stride,
                Make(
                    options.AnchorBaseSize,
                    options.AnchorRatio == 3 ? [0.5, 1, 2] : [1],
                    options.AnchorScale == 3 ? [8, 16, 32] : [32]),
                options.RpnMinSize,
                candidates,
                options.MaxRois,
                options.RpnNmsThresh);
        }

        // Around the centre of the base box, whose pixels are 0 to its side - 1; scales of a ratio in a row.
        private static Box[] Make(int side, double[] ratios, double[] scales) =>
        [
            .. from ratio in ratios
               let width = Math.Floor(Math.Sqrt(side * side / ratio) + 0.5)
               let height = Math.Floor((width * ratio) + 0.5)
               from scale in scales
               select Box.Around((side - 1) / 2.0, (side - 1) / 2.0, (width * scale) - 1, (height * scale) - 1),
        ];
    }
}
