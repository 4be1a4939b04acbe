using Cnn.Layers.Detection.Boxes;
using Cnn.Proto;
using CodeType = Cnn.Proto.PriorBoxParameter.Types.CodeType;

namespace Cnn.Tests.Layers.Detection;

[Trait("Category", "Unit")]
public class DetectionOutputLayerTests
{
    private const int Classes = 4;

    /// <summary>Options, locations for each prior.</summary>
    public static TheoryData<string, int> Options => new()
    {
        { "", 1 },
        { "confidence_threshold: 0.4 nms_param { nms_threshold: 0.45 top_k: 20 } keep_top_k: 15", 1 },
        { "confidence_threshold: 0.1 nms_param { nms_threshold: 0.9 eta: 0.8 } background_label_id: 2", 1 },
        { "share_location: false confidence_threshold: 0.5", Classes },
        { "share_location: false background_label_id: -1 keep_top_k: 30", Classes },
        { "background_label_id: 9 variance_encoded_in_target: true keep_top_k: 1", 1 },
        { "nms_param { top_k: 0 }", 1 },
        { "keep_top_k: 0", 1 },
        { "confidence_threshold: 2", 1 },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public void TheDetectionsAreThoseOfThePlainSearch(string options, int perPrior)
    {
        const int Items = 3, Priors = 70;
        using LayerHarness harness = Make(options, Items, Priors, perPrior);
        harness.Forward();
        var parameter = harness.Layer.Parameter.DetectionOutputParam;
        Assert.Equal(Search(harness, parameter, Items, Priors, perPrior), Rows(harness));
    }

    [Fact]
    public void EqualScoresStayInTheOrderOfThePriors()
    {
        using LayerHarness harness = Make("nms_param { nms_threshold: 1 } background_label_id: 0", 1, 9, 1);
        harness.Bottoms[1].Data.Fill(0.5f);
        harness.Forward();
        float[][] rows = Rows(harness);
        Assert.Equal(27, rows.Length);
        float[] first = [.. rows.Take(9).Select(row => row[3])];
        Assert.Equal(first, rows.Skip(9).Take(9).Select(row => row[3]));
        Assert.Equal(9, first.Distinct().Count());
    }

    [Fact]
    public void SoftSuppressionLosesDetectionsAndKeepsTheirScores()
    {
        const string Options =
            "confidence_threshold: 0.3 nms_param { nms_threshold: 0.45 top_k: 40 SOFT } keep_top_k: 25";
        using LayerHarness hard = Make(Options.Replace("SOFT", "soft_nms: false", StringComparison.Ordinal), 2, 90, 1);
        using LayerHarness soft = Make(
            Options.Replace("SOFT", "soft_nms: true theta: 0.5", StringComparison.Ordinal), 2, 90, 1);
        hard.Forward();
        soft.Forward();
        float[][] rows = Rows(soft);
        Assert.NotEqual(hard.Top, soft.Top);
        Assert.All(rows.GroupBy(row => row[0]), item => Assert.True(item.Count() <= 25));
        HashSet<float> scores = [.. soft.Bottoms[1].Data.ToArray()];
        Assert.All(rows, row => Assert.Contains(row[2], scores));
        Assert.Equal(0, Allocations.OnThisThread(soft.Forward));
    }

    [Fact]
    public void ScoresThatAreNoNumbersAreNoDetections()
    {
        using LayerHarness harness = Make("", 2, 9, 1);
        harness.Bottoms[1].Data.Fill(float.NaN);
        harness.Forward();
        Assert.Equal([0, -1, -1, -1, -1, -1, -1, 1, -1, -1, -1, -1, -1, -1], harness.Top);
    }

    [Fact]
    public void PassesAllocateNothingAndThreadsChangeNoBit()
    {
        float[]? first = null;
        foreach (int threads in (int[])[1, 2, 3])
        {
            using LayerHarness harness = Make(
                "confidence_threshold: 0.3 nms_param { top_k: 40 } keep_top_k: 50", 3, 1000, 1, threads);
            harness.Forward();
            first ??= harness.Top;
            Assert.Equal(first, harness.Top);
            Assert.Equal(0, Allocations.OnThisThread(harness.Forward));
        }
    }

    [Fact]
    public void ThereIsNoGradient()
    {
        using LayerHarness harness = Make("", 1, 3, 1);
        Assert.False(harness.Layer.HasGradient);
        Assert.Throws<CnnException>(() => harness.Backward());
    }

    [Theory]
    [InlineData("num_classes: 0", "num_classes is 0")]
    [InlineData("", "num_classes is missing")]
    [InlineData("num_classes: 5", "bottom 'bottom1' has shape 2 12 (24)")]
    [InlineData("num_classes: 4 share_location: false", "bottom 'bottom0' has shape 2 12 (24)")]
    [InlineData("num_classes: 4 background_label_id: -1", "background_label_id is -1")]
    [InlineData("num_classes: 4 nms_param { nms_threshold: -1 }", "nms_threshold is -1")]
    [InlineData("num_classes: 4 nms_param { eta: 0 }", "eta is 0")]
    [InlineData("num_classes: 4 nms_param { eta: 1.5 }", "eta is 1.5")]
    [InlineData("num_classes: 4 nms_param { soft_nms: true theta: 0 }", "theta is 0")]
    public void WrongOptionsAndShapesAreNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            $"type: 'DetectionOutput' detection_output_param {{ {options} }}", [[2, 12], [2, 12], [1, 2, 12]])
            .Dispose());
        Assert.Contains(expected, exception.ToString(), StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Fact]
    public void APriorWithoutASizeIsAnErrorWhereCodesNeedOne()
    {
        using LayerHarness harness = Make("", 1, 5, 1);
        harness.Bottoms[2].Data[4] = 7;
        var exception = Assert.Throws<CnnException>(harness.Forward);
        Assert.Contains("prior box 1 of 'bottom2'", exception.Message, StringComparison.Ordinal);
    }

    private static LayerHarness Make(string options, int items, int priors, int perPrior, int threads = 2) => new(
        $"type: 'DetectionOutput' detection_output_param {{ num_classes: {Classes} code_type: CENTER_SIZE {options} }}",
        [[items, priors * perPrior * 4], [items, priors * Classes], [1, 2, priors * 4]],
        phase: Phase.Test,
        threads: threads,
        prepare: h =>
        {
            LayerHarness.Fill(h.Bottoms[1].Data, 5, 0, 1);
            Span<float> boxes = h.Bottoms[2].Data;
            LayerHarness.Fill(boxes, 6, 0.05f, 0.6f);
            for (int i = 0; i < priors * 4; i += 4)
            {
                (boxes[i + 2], boxes[i + 3]) = (boxes[i + 2] + boxes[i], boxes[i + 3] + boxes[i + 1]);
            }
        });

    private static float[][] Rows(LayerHarness harness)
    {
        Assert.Equal([1, 1, harness.Top.Length / 7, 7], harness.Tops[0].Shape.ToArray());
        return [.. harness.Top.Chunk(7)];
    }

    private static float[][] Search(
        LayerHarness harness, DetectionOutputParameter options, int items, int priors, int perPrior)
    {
        float[] loc = harness.Bottoms[0].Data.ToArray(), conf = harness.Bottoms[1].Data.ToArray();
        float[] prior = harness.Bottoms[2].Data.ToArray();
        var rows = new List<float[]>();
        for (int item = 0; item < items; item++)
        {
            var found = new List<float[]>();
            for (int label = 0; label < Classes; label++)
            {
                if (label == options.BackgroundLabelId)
                {
                    continue;
                }

                int at = item * priors;
                var candidates = Enumerable.Range(0, priors)
                    .Select(p => (Score: conf[((at + p) * Classes) + label], Prior: p))
                    .Where(c => !options.HasConfidenceThreshold || c.Score > options.ConfidenceThreshold)
                    .OrderByDescending(c => c.Score)
                    .Take(options.NmsParam is { HasTopK: true } nms ? nms.TopK : int.MaxValue);
                float threshold = options.NmsParam?.NmsThreshold ?? 0.3f, eta = options.NmsParam?.Eta ?? 1;
                var kept = new List<Box>();
                foreach (var (score, p) in candidates)
                {
                    Box variance = options.VarianceEncodedInTarget
                        ? BoxCode.NoVariance
                        : BoxAt(prior, priors + p);
                    Box box = BoxCode.Decode(
                        CodeType.CenterSize, BoxAt(prior, p), variance,
                        BoxAt(loc, ((at + p) * perPrior) + (perPrior == 1 ? 0 : label)));
                    if (kept.TrueForAll(k => Box.Overlap(k, box) <= threshold))
                    {
                        kept.Add(box);
                        found.Add([item, label, score, box.XMin, box.YMin, box.XMax, box.YMax]);
                        threshold *= eta < 1 && threshold > 0.5f ? eta : 1;
                    }
                }
            }

            if (options.KeepTopK >= 0 && found.Count > options.KeepTopK)
            {
                var best = found.OrderByDescending(row => row[2]).Take(options.KeepTopK).ToHashSet();
                found.RemoveAll(row => !best.Contains(row));
            }

            rows.AddRange(found);
        }

        return rows.Count > 0
            ? [.. rows]
            : [.. Enumerable.Range(0, items).Select(item => (float[])[item, -1, -1, -1, -1, -1, -1])];
    }

    private static Box BoxAt(float[] values, int index) =>
        new(values[4 * index], values[(4 * index) + 1], values[(4 * index) + 2], values[(4 * index) + 3]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BottomsForEachMapGiveTheSameDetections(bool noPermute)
    {
        const int Items = 2;
        (int Anchors, int Height, int Width)[] maps = [(3, 4, 5), (2, 2, 3)];
        int priors = maps.Sum(map => map.Anchors * map.Height * map.Width);
        const string Options = "confidence_threshold: 0.4 nms_param { nms_threshold: 0.45 top_k: 20 } keep_top_k: 15";
        using LayerHarness whole = Make(Options, Items, priors, 1);
        whole.Forward();
        int[][] scores = [.. maps.Select(map => noPermute
            ? (int[])[Items, Classes, map.Anchors, map.Height * map.Width]
            : [Items, map.Anchors * map.Height * map.Width * Classes])];
        int[][] locations = [.. maps.Select(map => noPermute
            ? (int[])[Items, map.Anchors * 4, map.Height, map.Width]
            : [Items, map.Anchors * map.Height * map.Width * 4])];
        using var split = new LayerHarness(
            $"type: 'DetectionOutput' detection_output_param {{ num_classes: {Classes} code_type: CENTER_SIZE "
            + $"nbottom: 2 {(noPermute ? "no_permute: true" : "")} {Options} }}",
            [.. scores, .. locations, [1, 2, priors * 4]],
            phase: Phase.Test,
            prepare: Scatter);
        split.Forward();
        Assert.Equal(Rows(whole), Rows(split));
        Assert.Equal(0, Allocations.OnThisThread(split.Forward));

        void Scatter(LayerHarness target)
        {
            whole.Bottoms[2].Data.CopyTo(target.Bottoms[4].Data);
            for (int map = 0, first = 0; map < maps.Length; map++)
            {
                var (anchors, height, width) = maps[map];
                int places = height * width, count = anchors * places;
                for (int i = 0; i < Items * count; i++)
                {
                    int item = i / count, place = i % count / anchors, anchor = i % anchors;
                    int source = (item * priors) + first + (i % count);
                    for (int c = 0; c < Classes; c++)
                    {
                        int at = noPermute
                            ? (((((item * Classes) + c) * anchors) + anchor) * places) + place
                            : (i * Classes) + c;
                        target.Bottoms[map].Data[at] = whole.Bottoms[1].Data[(source * Classes) + c];
                    }

                    for (int side = 0; side < 4; side++)
                    {
                        int at = noPermute
                            ? (((((item * anchors) + anchor) * 4) + side) * places) + place
                            : (i * 4) + side;
                        target.Bottoms[2 + map].Data[at] = whole.Bottoms[0].Data[(source * 4) + side];
                    }
                }

                first += count;
            }
        }
    }

    [Fact]
    public void TheFirstStepMovesThePriorsAndFindsTheBackground()
    {
        const string Text = "type: 'DetectionOutput' detection_output_param { num_classes: 2 code_type: CENTER_SIZE "
            + "objectness_score: 0.5 nms_param { nms_threshold: 1 } confidence_threshold: 0.1 }";
        using var harness = new LayerHarness(
            Text, [[1, 8], [1, 4], [1, 2, 8], [1, 4], [1, 8]], phase: Phase.Test, prepare: Set);
        harness.Forward();

        // The prior (0, 0, 2, 2) moves by 1 x 2 to the right, then by 0.5 x 2 down; the other is background.
        Assert.Equal([0, 1, 0.75f, 2, 1, 4, 3], harness.Top);
        Assert.Equal(0, Allocations.OnThisThread(harness.Forward));

        static void Set(LayerHarness harness)
        {
            harness.Set(0, 0, 0.5f, 0, 0, 0, 0, 0, 0);
            harness.Set(1, 0.25f, 0.75f, 0.1f, 0.9f);
            harness.Set(2, 0, 0, 2, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
            harness.Set(3, 0.5f, 0.5f, 0.6f, 0.4f);
            harness.Set(4, 1, 0, 0, 0, 0, 0, 0, 0);
        }
    }

    [Theory]
    [InlineData("no_permute: true", "no_permute with 5 bottoms: nbottom is 6")]
    [InlineData("nbottom: 2 no_permute: true", "'bottom0' has shape 1 8 (8)")]
    [InlineData("nbottom: 2", "'bottom1' has shape 1 4 (4)")]
    [InlineData("", "'bottom3' has shape 1 5 (5)")]
    public void BottomsThatDoNotFitAreNamed(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            $"type: 'DetectionOutput' detection_output_param {{ num_classes: 2 {options} }}",
            [[1, 8], [1, 4], [1, 2, 8], [1, 5], [1, 8]]).Dispose());
        Assert.Contains(expected, exception.ToString(), StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }
}
