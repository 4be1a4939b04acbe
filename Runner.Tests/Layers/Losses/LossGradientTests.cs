namespace Cnn.Tests.Layers.Losses;

/// <summary>
/// Compares the gradient of every loss with finite differences, over shapes that fill vectors and that do not.
/// </summary>
[Trait("Category", "Gradient")]
public class LossGradientTests
{
    public static TheoryData<string, int[], int[], int> ClassLosses => new()
    {
        { "type: 'HingeLoss'", [3, 5], [3], 5 },
        { "type: 'HingeLoss'", [2, 37], [2, 1], 37 },
        { "type: 'HingeLoss' hinge_loss_param { norm: L2 }", [3, 5], [3], 5 },
        { "type: 'HingeLoss' hinge_loss_param { norm: L2 }", [2, 3, 2, 3], [2], 18 },
        { "type: 'MultinomialLogisticLoss'", [4, 3], [4], 3 },
        { "type: 'MultinomialLogisticLoss'", [2, 5, 2, 2], [2, 1, 1, 1], 20 },
    };

    public static TheoryData<string, int[], int[], int[]> InfogainLosses => new()
    {
        { "", [4, 3], [4], [3, 3] },
        { "", [2, 19], [2], [1, 1, 19, 19] },
        { "loss_param { normalization: FULL }", [2, 3, 5, 7], [2, 5, 7], [3, 3] },
        { "loss_param { ignore_label: 1 }", [2, 3, 4, 5], [2, 1, 4, 5], [9] },
        {
            "loss_param { ignore_label: 1 normalization: NONE } infogain_loss_param { axis: -1 }", [2, 3, 4],
            [2, 3], [4, 4]
        },
    };

    [Theory]
    [MemberData(nameof(ClassLosses))]
    public void LossesOfClasses(string definition, int[] scores, int[] labels, int classes)
    {
        using var harness = new LayerHarness(definition, [scores, labels], prepare: h =>
        {
            // Values away from the kinks of the margins, and probabilities within their range.
            LayerHarness.Fill(h.Bottoms[0].Data, 7, 0.2f, 0.9f);
            SetLabels(h.Bottoms[1].Data, classes);
        });
        new GradientChecker { Bottoms = [0], Step = 2e-3f, Tolerance = 4e-3 }.Check(harness);
    }

    [Theory]
    [MemberData(nameof(InfogainLosses))]
    public void Infogain(string options, int[] scores, int[] labels, int[] matrix)
    {
        using var harness = new LayerHarness($"type: 'InfogainLoss' {options}", [scores, labels, matrix], prepare: h =>
        {
            SetLabels(h.Bottoms[1].Data, 3);
            LayerHarness.Fill(h.Bottoms[2].Data, 3, 0, 1);
        });
        new GradientChecker { Bottoms = [0] }.Check(harness);
    }

    [Theory]
    [InlineData("", 3, 4)]
    [InlineData("", 2, 50)]
    [InlineData("loss_param { ignore_label: 0 }", 3, 33)]
    [InlineData("loss_param { ignore_label: 0 normalization: VALID }", 3, 7)]
    [InlineData("loss_param { normalize: true }", 1, 16)]
    [InlineData("loss_param { normalization: FULL }", 2, 3)]
    public void SigmoidCrossEntropy(string options, int items, int values)
    {
        using var harness = new LayerHarness(
            $"type: 'SigmoidCrossEntropyLoss' {options}", [[items, values], [items, values]], prepare: h =>
            {
                LayerHarness.Fill(h.Bottoms[0].Data, 5, -3, 3);
                for (int i = 0; i < h.Bottoms[1].Count; i++)
                {
                    h.Bottoms[1].Data[i] = i % 3 * 0.5f;
                }
            });
        new GradientChecker { Bottoms = [0] }.Check(harness);
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(1, 1)]
    [InlineData(2, 37)]
    public void Euclidean(int items, int values)
    {
        using var harness = new LayerHarness("type: 'EuclideanLoss'", [[items, values], [items, values]]);
        new GradientChecker().Check(harness);
    }

    [Theory]
    [InlineData("", 6, 3)]
    [InlineData("", 3, 21)]
    [InlineData("margin: 3", 5, 17)]
    [InlineData("margin: 4 legacy_version: true", 6, 5)]
    [InlineData("margin: 4 legacy_version: true", 3, 21)]
    public void Contrastive(string options, int items, int values)
    {
        using var harness = new LayerHarness(
            $"type: 'ContrastiveLoss' contrastive_loss_param {{ {options} }}",
            [[items, values], [items, values], [items]],
            prepare: h => SetLabels(h.Bottoms[2].Data, 2));
        new GradientChecker { Bottoms = [0, 1], Step = 4e-3f, Tolerance = 4e-3 }.Check(harness);
    }

    private static void SetLabels(Span<float> labels, int classes)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = ((i * 7) + (i / 3)) % classes;
        }
    }
}
