using Cnn.Layers.Detection;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Detection;

public class ProposalLayerTests
{
    private const string OneAnchor = "ratio: 1 scale: 1 min_size: 4 nms_thresh: 0.5";

    [Fact]
    [Trait("Category", "Unit")]
    public void TheNineAnchorsAreTheKnownOnes()
    {
        float[] anchors = RegionAnchors.Make(16, [0.5, 1, 2], [8, 16, 32], MidpointRounding.ToEven);
        Assert.Equal([-84, -40, 99, 55, -176, -88, 191, 103, -360, -184, 375, 199], anchors[..12]);
        Assert.Equal([-56, -56, 71, 71], anchors[12..16]);
        Assert.Equal([-36, -80, 51, 95], anchors[24..28]);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AnAnchorMovesWithItsPlaceAndShifts()
    {
        using var harness = Make(OneAnchor, 1, 1, 2);
        harness.Set(0, 0, 0, 0.2f, 0.9f);
        harness.Set(1, 0, 0.25f, 0, 0, 0, MathF.Log(2), 0, 0);
        harness.Set(2, 100, 200, 1, 1);
        harness.Forward();
        Assert.Equal([2, 5], harness.Tops[0].Shape.ToArray());
        Assert.Equal([2], harness.Tops[1].Shape.ToArray());
        float[] expected = [0, 12, 0, 44, 16, 0, 0, 0, 16, 16];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], harness.Top[i], 1e-5);
        }

        Assert.Equal([0.9f, 0.2f], harness.Tops[1].Data.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void RegionsAreClippedToTheImageAndSmallOnesLoseTheirScore()
    {
        using var harness = Make(OneAnchor, 1, 1, 2);
        harness.Set(0, 0, 0, 0.2f, 0.9f);
        harness.Set(1, 0, 0, 0, 0, 0, 0, 0, 0);
        harness.Set(2, 10, 18, 1, 1);
        harness.Forward();
        Assert.Equal([0, 0, 0, 16, 9, 0, 16, 0, 17, 9], harness.Top);
        Assert.Equal([0.2f, 0], harness.Tops[1].Data.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void EqualScoresGoByTheirPlaceAndTheWorseOfTwoThatOverlapIsDropped()
    {
        using var harness = Make(OneAnchor + " feat_stride: 4", 1, 1, 5);
        harness.Bottoms[0].Data.Fill(0.5f);
        harness.Bottoms[1].Data.Clear();
        harness.Set(2, 100, 100, 1, 1);
        harness.Forward();

        // 17 pixels wide, 4 apart: neighbours overlap by 13 / 21, those two apart by 9 / 25.
        Assert.Equal([0, 0, 0, 16, 16, 0, 8, 0, 24, 16, 0, 16, 0, 32, 16], harness.Top);
    }

    [Theory]
    [InlineData("pre_nms_topn: 2", 2)]
    [InlineData("post_nms_topn: 3", 3)]
    [InlineData("", 5)]
    [Trait("Category", "Unit")]
    public void AsManyAsAskedForAreLookedAtAndComeOut(string options, int expected)
    {
        using var harness = Make($"{OneAnchor} feat_stride: 20 {options}", 1, 1, 5);
        harness.Bottoms[1].Data.Clear();
        harness.Set(2, 200, 200, 1, 1);
        harness.Forward();
        Assert.Equal(expected, harness.Tops[0].Dim(0));
        harness.Forward();
        Assert.Equal(expected, harness.Tops[0].Dim(0));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ValuesMayBeAnyNumbers()
    {
        using var harness = Make(OneAnchor, 1, 2, 2);
        harness.Bottoms[0].Data.Fill(float.NaN);
        harness.Bottoms[1].Data.Fill(float.PositiveInfinity);
        harness.Bottoms[2].Data.Fill(float.NaN);
        harness.Forward();
        Assert.InRange(harness.Tops[0].Dim(0), 0, 4);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothingAndAreTheSameOnAnyNumberOfThreads()
    {
        Assert.Equal(Run(1), Run(4));

        static float[] Run(int threads)
        {
            using var harness = Make("ratio: 0.5 ratio: 2 scale: 1 scale: 2", 4, 20, 30, threads);
            harness.Set(2, 300, 400, 1, 1);
            if (threads == 1)
            {
                Assert.Equal(0, Allocations.OnThisThread(harness.Forward));
            }

            harness.Forward();
            return harness.Top;
        }
    }

    [Theory]
    [InlineData("scale: 1", "ratio is missing, so there are no anchors")]
    [InlineData("nms_thresh: 0.5", "nms_thresh belongs to PVANet's Proposal layer, but ratio is missing")]
    [InlineData("max_rois: 0", "max_rois is 0")]
    [InlineData("anchor_base_size: -1", "anchor_base_size is 0")]
    [InlineData("ratio: 1", "scale is missing, so there are no anchors")]
    [InlineData("ratio: 0 scale: 1", "ratio is 0, expected more than 0")]
    [InlineData("ratio: 1 scale: 1 feat_stride: 0", "feat_stride is 0")]
    [InlineData("ratio: 1 scale: 1 post_nms_topn: 0", "post_nms_topn is 0")]
    [InlineData("ratio: 1 scale: 1 scale: 2", "has shape 1 2 3 3 (18) for 2 anchors")]
    [InlineData("ratio: 1 scale: 1 anchor_scale: 3", "anchor_scale belongs to the Proposal layer of Synopsys' fork")]
    [Trait("Category", "Unit")]
    public void AWrongConfigurationIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make(options, 1, 3, 3));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Theory]
    [InlineData("", 9)]
    [InlineData("anchor_scale: 1", 3)]
    [InlineData("anchor_scale: 1 anchor_ratio: 1 max_rois: 4 feat_stride: 8 rpn_nms_thresh: 0.9", 1)]
    [Trait("Category", "Unit")]
    public void WithoutRatioAndScaleTheRulesAreSynopsys(string options, int anchors)
    {
        using var harness = new LayerHarness(
            $"type: 'Proposal' proposal_param {{ {options} }}",
            [[1, 2 * anchors, 4, 5], [1, 4 * anchors, 4, 5], [1, 3]], tops: 2, Phase.Test);
        harness.Set(2, 64, 80, 1);
        harness.Forward();
        Assert.InRange(harness.Tops[0].Dim(0), 1, options.Contains("max_rois", StringComparison.Ordinal) ? 4 : 300);
        Assert.Equal([harness.Tops[0].Dim(0), 1], harness.Tops[1].Shape.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void SynopsysRegionsAreThoseOfTheFormula()
    {
        // One anchor of 512 x 512 around the centre 7.5 of the base box, moved by half its width and of the same size.
        using var harness = new LayerHarness(
            "type: 'Proposal' proposal_param { anchor_scale: 1 anchor_ratio: 1 }",
            [[1, 2, 1, 1], [1, 4, 1, 1], [1, 3]], tops: 2, Phase.Test);
        harness.Set(0, 0.25f, 0.75f);
        harness.Set(1, 0.5f, 0, 0, 0);
        harness.Set(2, 1000, 2000, 1);
        harness.Forward();
        Assert.Equal([0, 7.5f + 0.5f, 0, 7.5f + 0.5f + 512, 8 + 256], harness.Top);
        Assert.Equal([0.75f], harness.Tops[1].Data.ToArray());
    }

    [Theory]
    [InlineData(new[] { 2, 2, 3, 3 }, new[] { 1, 4, 3, 3 }, new[] { 1, 4 }, "'bottom0' has shape 2 2 3 3")]
    [InlineData(new[] { 1, 2, 3, 3 }, new[] { 1, 4, 3, 2 }, new[] { 1, 4 }, "'bottom1' has shape 1 4 3 2")]
    [InlineData(new[] { 1, 2, 3, 3 }, new[] { 1, 4, 3, 3 }, new[] { 1, 2 }, "'bottom2' has shape 1 2 (2)")]
    [Trait("Category", "Unit")]
    public void AWrongShapeIsNamed(int[] scores, int[] shifts, int[] image, string expected) => Assert.Contains(
        expected,
        Assert.Throws<CnnException>(() => new LayerHarness(
            $"type: 'Proposal' proposal_param {{ {OneAnchor} }}", [scores, shifts, image])).Message,
        StringComparison.Ordinal);

    private static LayerHarness Make(string options, int anchors, int height, int width, int threads = 2) => new(
        $"type: 'Proposal' proposal_param {{ {options} }}",
        [[1, 2 * anchors, height, width], [1, 4 * anchors, height, width], [1, 4]], tops: 2, Phase.Test, threads);
}
