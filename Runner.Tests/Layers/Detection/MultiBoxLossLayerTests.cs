using Cnn.Layers.Detection.Boxes;
using Cnn.Layers.Detection.MultiBox;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Detection;

public class MultiBoxLossLayerTests
{
    private const int Classes = 3;
    private const int Priors = 12;

    /// <summary>Options and locations for each prior.</summary>
    public static TheoryData<string, int> Losses => new()
    {
        { "code_type: CENTER_SIZE", 1 },
        { "code_type: CENTER_SIZE mining_type: NONE", 1 },
        { "loc_loss_type: L2 loc_weight: 2 mining_type: NONE", 1 },
        { "conf_loss_type: LOGISTIC code_type: CORNER_SIZE", 1 },
        { "conf_loss_type: LOGISTIC mining_type: NONE background_label_id: 0", 1 },
        { "share_location: false mining_type: NONE", Classes },
        { "match_type: BIPARTITE neg_pos_ratio: 2", 1 },
        { "bp_inside: true map_object_to_agnostic: false mining_type: NONE", 1 },
    };

    [Theory]
    [MemberData(nameof(Losses))]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheLoss(string options, int perPrior)
    {
        using LayerHarness harness = Make(options, perPrior);
        new GradientChecker { Bottoms = [0, 1], Step = 2e-3f, Tolerance = 4e-3 }.Check(harness);
        Assert.True(harness.Top[0] > 0);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public unsafe void ObjectsAreMatchedInTurnAndThenWhatOverlapsThem()
    {
        // The second object overlaps box 1 most, which the first object takes, so box 0 is left for it.
        Box[] boxes = [new(0, 0, 2, 2), new(1, 0, 3, 2), new(1, 0, 3, 2.2f), new(8, 8, 9, 9)];
        Box[] objects = [new(1, 0, 3, 2), new(0.6f, 0, 2.6f, 2)];
        int[] match = new int[4], best = new int[2];
        float[] most = new float[4], overlaps = new float[8];
        fixed (Box* box = boxes)
        fixed (int* m = match, b = best)
        fixed (float* o = most, all = overlaps)
        {
            Matcher(null, false).Match(box, 1, 4, objects, [1, 1], null, all, b, m, o);
            Assert.Equal([BoxMatcher.None, 0, 1, BoxMatcher.None], match);
            Assert.Equal(1, most[1]);
            Assert.Equal(0, most[3]);
            Matcher(0.5f, false).Match(box, 1, 4, objects, [1, 1], null, all, b, m, o);
            Assert.Equal([1, 0, 1, BoxMatcher.None], match);
            Matcher(0.5f, false).Match(box, 1, 4, objects, [1, 2], 1, all, b, m, o);
            Assert.Equal([BoxMatcher.None, 0, 0, BoxMatcher.None], match);
            Matcher(0.5f, true).Match(box, 1, 4, objects, [1, 2], null, all, b, m, o);
            Assert.All(match, i => Assert.Equal(BoxMatcher.LeftOut, i));
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WithoutObjectsThereIsNoLossUnlessAllPriorsCount()
    {
        foreach (string mining in (string[])["MAX_NEGATIVE", "HARD_EXAMPLE", "NONE"])
        {
            using LayerHarness harness = Make($"mining_type: {mining}", 1);
            harness.Bottoms[3].Data.Fill(-1);
            harness.Forward();
            harness.Tops[0].Diff[0] = 1;
            harness.Backward(0, 1);
            Assert.Equal(mining == "NONE", harness.Top[0] > 0);
            Assert.All(harness.Bottoms[0].Diff.ToArray(), dx => Assert.Equal(0, dx));
            Assert.Equal(mining == "NONE", harness.Bottoms[1].Diff.ToArray().Any(dx => dx != 0));
        }
    }

    [Theory]
    [InlineData("nms_param { nms_threshold: 0.4 top_k: 9 } use_prior_for_nms: true")]
    [InlineData("mining_type: HARD_EXAMPLE sample_size: 4 nms_param { nms_threshold: 0.4 }")]
    [InlineData("use_prior_for_matching: false bp_inside: true")]
    [InlineData("conf_loss_type: LOGISTIC")]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothingAndThreadsChangeNoBit(string options)
    {
        float[]? first = null;
        foreach (int threads in (int[])[1, 2, 3])
        {
            using LayerHarness harness = Make(options, 1, threads);
            harness.Forward();
            harness.Tops[0].Diff[0] = 1;
            harness.Backward(0, 1);
            float[] all =
            [
                .. harness.Top, .. harness.Bottoms[0].Diff.ToArray(), .. harness.Bottoms[1].Diff.ToArray(),
            ];
            first ??= all;
            Assert.Equal(first, all);
            harness.AssertAllocatesNothing(0, 1);
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("3")]
    [InlineData("4294967295")] // -1: no class is the background.
    [Trait("Category", "Unit")]
    public void ChosenNegativesAreLearnedWhateverTheNumberOfTheBackground(string background)
    {
        int Rows(int ratio)
        {
            using LayerHarness harness = Make(
                $"conf_loss_type: LOGISTIC background_label_id: {background} neg_pos_ratio: {ratio}", 1);
            harness.Forward();
            harness.Tops[0].Diff[0] = 1;
            harness.Backward(0, 1);
            return harness.Bottoms[1].Diff.ToArray().Chunk(Classes).Count(row => row.Any(dx => dx != 0));
        }

        Assert.InRange(Rows(0), 1, Rows(1) - 1);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void APriorWhoseLocationsAreMatchedForTwoClassesLearnsBoth()
    {
        using LayerHarness harness = Make(
            "conf_loss_type: LOGISTIC share_location: false mining_type: NONE use_prior_for_matching: false", Classes);
        harness.Bottoms[0].Data.Clear();
        Span<float> objects = harness.Bottoms[3].Data;
        objects[..8].CopyTo(objects[8..]);
        objects[9] = 2;

        harness.Forward();
        harness.Tops[0].Diff[0] = 1;
        harness.Backward(0, 1);

        // The sigmoids of classes 1 and 2 should grow; that of the background is 0 everywhere.
        Assert.Equal([1, -1, -1], harness.Bottoms[1].Diff[..Classes].ToArray().Select(MathF.Sign));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void OnlyPredictionsHaveAGradient()
    {
        using LayerHarness harness = Make("", 1);
        harness.Forward();
        for (int bottom = 0; bottom < 4; bottom++)
        {
            Assert.Equal(bottom < 2, harness.Layer.AllowsForceBackward(bottom));
        }

        var exception = Assert.Throws<CnnException>(() => harness.Backward(2));
        Assert.Contains("propagate_down: true, true, false", exception.ToString(), StringComparison.Ordinal);
        Assert.True(harness.Layer.IsLoss);
    }

    [Theory]
    [InlineData("num_classes: 0", "num_classes is 0")]
    [InlineData("background_label_id: 3", "background_label_id 3 is none of 3 classes")]
    [InlineData("share_location: false", "mining_type MAX_NEGATIVE needs one location")]
    [InlineData("do_neg_mining: false", "do_neg_mining is false, but mining_type is MAX_NEGATIVE")]
    [InlineData("mining_type: NONE do_neg_mining: true", "do_neg_mining is true, but mining_type is NONE")]
    [InlineData("map_object_to_agnostic: true", "num_classes is 3, but map_object_to_agnostic")]
    [InlineData(
        "num_classes: 2 background_label_id: 1 map_object_to_agnostic: true",
        "background_label_id is 1, so map_object_to_agnostic makes all objects class 2 of 2")]
    [InlineData("mining_type: HARD_EXAMPLE sample_size: 0", "sample_size is 0")]
    [InlineData("nms_param { eta: 2 }", "eta is 2")]
    [Trait("Category", "Unit")]
    public void WrongOptionsAreNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make(options, 1).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Theory]
    [InlineData(0, "that is the background")]
    [InlineData(3, "classes are 0 to 2")]
    [Trait("Category", "Unit")]
    public void AnObjectOfNoClassIsNamed(int label, string expected)
    {
        using LayerHarness harness = Make("", 1);
        harness.Bottoms[3].Data[9] = label;
        var exception = Assert.Throws<CnnException>(harness.Forward);
        Assert.Contains($"object 1 of 'bottom3' is of class {label}", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.ToString(), StringComparison.Ordinal);
    }

    private static BoxMatcher Matcher(float? threshold, bool insideOnly) =>
        new() { Threshold = threshold, InsideOnly = insideOnly };

    // Two images with two objects and one; the priors are a grid of 4 x 3 boxes.
    private static LayerHarness Make(string options, int perPrior, int threads = 2)
    {
        string classes = options.Contains("num_classes", StringComparison.Ordinal) ? "" : $"num_classes: {Classes}";
        return new LayerHarness(
            $"type: 'MultiBoxLoss' multibox_loss_param {{ {classes} {options} }}",
            [[2, Priors * perPrior * 4], [2, Priors * Classes], [1, 2, Priors * 4], [1, 1, 4, 8]],
            threads: threads,
            prepare: h =>
            {
                LayerHarness.FillApart(h.Bottoms[1].Data, 5, 0.05f);
                Span<float> priors = h.Bottoms[2].Data;
                priors.Fill(0.2f);
                for (int i = 0; i < Priors; i++)
                {
                    float x = i % 4 * 0.22f, y = i / 4 * 0.3f;
                    new[] { x - 0.05f, y, x + 0.3f, y + 0.35f }.CopyTo(priors[(4 * i)..]);
                }

                h.Set(
                    3,
                    0, 1, 0, 0.05f, 0.02f, 0.3f, 0.37f, 0,
                    0, 2, 0, 0.5f, 0.3f, 0.8f, 0.75f, 0,
                    -1, 0, 0, 0, 0, 0, 0, 0,
                    1, 2, 0, 0.3f, 0.55f, 0.7f, 0.9f, 1);
            });
    }
}
