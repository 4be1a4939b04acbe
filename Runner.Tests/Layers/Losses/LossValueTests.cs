namespace Cnn.Tests.Layers.Losses;

/// <summary>Values computed by hand, and the losses' behaviour when shapes change or are empty.</summary>
[Trait("Category", "Unit")]
public class LossValueTests
{
    public static TheoryData<string, int[][]> Losses => new()
    {
        { "type: 'SoftmaxWithLoss'", [[3, 5], [3]] },
        { "type: 'SigmoidCrossEntropyLoss'", [[3, 5], [3, 5]] },
        { "type: 'SigmoidCrossEntropyLoss' loss_param { ignore_label: 7 normalization: VALID }", [[3, 5], [3, 5]] },
        { "type: 'EuclideanLoss'", [[3, 5], [3, 5]] },
        { "type: 'HingeLoss'", [[3, 5], [3]] },
        { "type: 'MultinomialLogisticLoss'", [[3, 5], [3]] },
        { "type: 'InfogainLoss'", [[3, 5], [3], [5, 5]] },
        { "type: 'ContrastiveLoss'", [[3, 5], [3, 5], [3]] },
    };

    [Theory]
    [InlineData("L1", 0.5f + 0 + 3 + 0.5f, 0f, 0f, 1f, 1f, -1f, 0f)]
    [InlineData("L2", 0.25f + 0 + 9 + 0.25f, 0f, 0f, 6f, 1f, -1f, 0f)]
    public void HingeCostsWhatIsOnTheWrongSideOfTheMargin(string norm, float sum, params float[] gradient)
    {
        using var harness = new LayerHarness($"type: 'HingeLoss' hinge_loss_param {{ norm: {norm} }}", [[2, 3], [2]]);
        harness.Set(0, 1, -1, 2, -0.5f, 0.5f, -3);
        harness.Set(1, 0, 1);
        harness.Forward();
        Assert.Equal(sum / 2, harness.Top[0], 1e-6f);
        harness.Tops[0].Diff[0] = 2;
        harness.Backward(0);
        Assert.Equal(gradient, harness.Bottoms[0].Diff.ToArray());
    }

    [Fact]
    public void MultinomialBoundsTheProbability()
    {
        using var harness = new LayerHarness("type: 'MultinomialLogisticLoss'", [[2, 2], [2]]);
        harness.Set(0, 0.5f, 0.5f, 1, 0);
        harness.Set(1, 0, 1);
        harness.Forward();
        Assert.Equal((0.6931472f + 46.0517019f) / 2, harness.Top[0], 1e-5f);
        harness.Tops[0].Diff[0] = 1;
        harness.Backward(0);
        Assert.Equal([-1, 0, 0, -0.5e20f], harness.Bottoms[0].Diff.ToArray());
    }

    [Fact]
    public void InfogainWithTheUnitMatrixIsTheSoftmaxLoss()
    {
        using var plain = new LayerHarness(
            "type: 'SoftmaxWithLoss' loss_param { ignore_label: 2 }", [[2, 4, 3, 7], [2, 3, 7]], prepare: Labels);
        using var infogain = new LayerHarness(
            "type: 'InfogainLoss' loss_param { ignore_label: 2 }", [[2, 4, 3, 7], [2, 3, 7], [4, 4]], tops: 2,
            prepare: h =>
            {
                Labels(h);
                h.Set(2, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
            });
        foreach (LayerHarness harness in new[] { plain, infogain })
        {
            harness.Forward();
            harness.Tops[0].Diff[0] = 1.5f;
            harness.Backward(0);
        }

        Assert.Equal(plain.Top[0], infogain.Top[0], 1e-6f);
        Assert.Equal(
            plain.Bottoms[0].Diff.ToArray(), infogain.Bottoms[0].Diff.ToArray(), (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal(infogain.Bottoms[0].Shape, infogain.Tops[1].Shape);
        Assert.InRange(infogain.Tops[1].Data[0], 0.01f, 0.99f);
    }

    [Theory]
    [InlineData(0, 0, 0.6931472f)]
    [InlineData(100, 1, 0)]
    [InlineData(100, 0, 100)]
    [InlineData(-100, 1, 100)]
    [InlineData(-20, 0, 2.0611537e-9f)]
    [InlineData(1, 0.25f, 1.0632617f)]
    public void SigmoidCrossEntropyKeepsItsDigits(float score, float target, float expected)
    {
        // Both in a whole vector and in the tail.
        foreach (int count in new[] { 1, 16 })
        {
            using var harness = new LayerHarness("type: 'SigmoidCrossEntropyLoss'", [[1, count], [1, count]]);
            harness.Bottoms[0].Data.Fill(score);
            harness.Bottoms[1].Data.Fill(target);
            harness.Forward();
            Assert.Equal(expected * count, harness.Top[0], (3e-7f * expected * count) + 1e-30f);
        }
    }

    [Theory]
    [InlineData("ignore_label: 0", 1)]
    [InlineData("ignore_label: 0 normalization: VALID", 2)]
    [InlineData("ignore_label: 0 normalization: FULL", 4)]
    [InlineData("ignore_label: 0 normalization: NONE", 1)]
    [InlineData("ignore_label: 0 normalize: true", 2)]
    [InlineData("ignore_label: 0 normalize: false", 1)]
    [InlineData("ignore_label: 0 normalize: true normalization: FULL", 4)]
    public void SigmoidCrossEntropyIgnoresByTheWholePartOfTheTarget(string options, float divisor)
    {
        using var harness = new LayerHarness(
            $"type: 'SigmoidCrossEntropyLoss' loss_param {{ {options} }}", [[1, 4], [1, 4]]);
        harness.Bottoms[0].Data.Clear();
        harness.Set(1, 0, 0.3f, 1, 1);
        harness.Forward();
        Assert.Equal(2 * 0.6931472f / divisor, harness.Top[0], 1e-6f);
        harness.Tops[0].Diff[0] = 1;
        harness.Backward(0);
        Assert.Equal([0, 0, -0.5f / divisor, -0.5f / divisor], harness.Bottoms[0].Diff.ToArray());
    }

    [Theory]
    [InlineData("", 25 + 0 + 1)]
    [InlineData("margin: 7", 25 + 4 + 49)]
    [InlineData("margin: 30 legacy_version: true", 25 + 5 + 30)]
    public void ContrastiveDrawsLikePairsTogetherAndPushesOthersApart(string options, float sum)
    {
        using var harness = new LayerHarness(
            $"type: 'ContrastiveLoss' contrastive_loss_param {{ {options} }}", [[3, 2], [3, 2, 1, 1], [3, 1, 1, 1]]);
        harness.Set(0, 3, 4, 3, 4, 1, 1);
        harness.Set(1, 0, 0, 0, 0, 1, 1);
        harness.Set(2, 2, 0, 0);
        harness.Forward();
        Assert.Equal(sum / 6, harness.Top[0], 1e-5f);
        harness.Tops[0].Diff[0] = 3;
        harness.Backward(0, 1);
        Assert.Equal([3, 4], harness.Bottoms[0].Diff[..2].ToArray());
        Assert.Equal(harness.Bottoms[0].Diff.ToArray().Select(v => -v), harness.Bottoms[1].Diff.ToArray());
        Assert.Equal([0, 0], harness.Bottoms[0].Diff[4..].ToArray());
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void BatchesMayGrowShrinkAndBeEmpty(string definition, int[][] bottoms)
    {
        using var harness = new LayerHarness(definition, bottoms, prepare: SetToOnes);
        foreach (int items in new[] { 3, 40, 1, 0, 3 })
        {
            for (int i = 0; i < bottoms.Length; i++)
            {
                int[] shape = [.. bottoms[i]];
                shape[0] = i == 2 && bottoms[2].Length == 2 ? shape[0] : items;
                harness.Bottoms[i].Reshape(shape);
                harness.Bottoms[i].Data.Fill(1);
            }

            harness.Bottoms[0].Data.Fill(0.5f);
            harness.Forward();
            harness.Tops[0].Diff[0] = 1;
            harness.Backward(0);
            Assert.True(items == 0 ? harness.Top[0] == 0 : float.IsFinite(harness.Top[0]) && harness.Top[0] > 0);
            Assert.All(harness.Bottoms[0].Diff.ToArray(), value => Assert.True(float.IsFinite(value)));
        }
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void PassesAllocateNothing(string definition, int[][] bottoms)
    {
        using var harness = new LayerHarness(definition, bottoms, threads: 1, prepare: SetToOnes);
        harness.AssertAllocatesNothing(0);
    }

    private static void SetToOnes(LayerHarness harness) => harness.Bottoms.ForEach(bottom => bottom.Data.Fill(1));

    private static void Labels(LayerHarness harness)
    {
        for (int i = 0; i < harness.Bottoms[1].Count; i++)
        {
            harness.Bottoms[1].Data[i] = i * 5 % 4;
        }
    }
}
