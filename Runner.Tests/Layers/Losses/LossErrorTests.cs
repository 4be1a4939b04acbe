using Cnn.Proto;

namespace Cnn.Tests.Layers.Losses;

/// <summary>What each layer that reads labels refuses, reported as that layer's error.</summary>
[Trait("Category", "Unit")]
public class LossErrorTests
{
    public static TheoryData<string, int[][], string> WrongShapes => new()
    {
        { "type: 'SoftmaxWithLoss'", [[2, 3], [3]], "different numbers of items" },
        { "type: 'SoftmaxWithLoss'", [[2, 3, 4], [2]], "need 8 labels" },
        { "type: 'SoftmaxWithLoss' softmax_param { axis: 2 }", [[2, 3], [2]], "axis 2 does not exist" },
        { "type: 'SoftmaxWithLoss'", [[65536, 0, 65536], [65536]], "need 4294967296 labels" },
        { "type: 'SigmoidCrossEntropyLoss'", [[2, 3], [2, 4]], "bottom1" },
        { "type: 'EuclideanLoss'", [[2, 3], [2, 4]], "2 4 (8)" },
        { "type: 'HingeLoss'", [[2, 3], [2, 2]], "need 2 labels" },
        { "type: 'MultinomialLogisticLoss'", [[2, 3], [2, 3]], "one label an item" },
        { "type: 'InfogainLoss'", [[2, 3], [2], [3, 2]], "it must be 3 x 3" },
        { "type: 'InfogainLoss'", [[2, 3], [2]], "matrix is missing" },
        { "type: 'InfogainLoss' infogain_loss_param { axis: -3 }", [[2, 3], [2], [3, 3]], "axis -3" },
        { "type: 'InfogainLoss' loss_param { normalize: true }", [[2, 3], [2], [3, 3]], "normalization: VALID" },
        { "type: 'InfogainLoss' infogain_loss_param { source: 'no such' }", [[2, 3], [2]], "no such" },
        { "type: 'ContrastiveLoss'", [[2, 3], [2, 4], [2]], "2 4 (8)" },
        { "type: 'ContrastiveLoss'", [[2, 3], [2, 3], [3]], "makes 2 pairs" },
        { "type: 'Accuracy'", [[2, 3], [3]], "need 2 labels" },
        { "type: 'Accuracy' accuracy_param { top_k: 5 }", [[2, 3], [2]], "3 classes" },
    };

    public static TheoryData<string, int[][], int> LabelReaders => new()
    {
        { "type: 'SoftmaxWithLoss'", [[3, 4], [3]], 1 },
        { "type: 'SoftmaxWithLoss' loss_param { ignore_label: 0 }", [[2, 4, 20], [2, 20]], 1 },
        { "type: 'HingeLoss'", [[3, 4], [3]], 1 },
        { "type: 'MultinomialLogisticLoss'", [[40, 4], [40]], 1 },
        { "type: 'InfogainLoss'", [[3, 4], [3], [4, 4]], 1 },
        { "type: 'Accuracy'", [[3, 4], [3]], 1 },
    };

    [Theory]
    [MemberData(nameof(WrongShapes))]
    public void ShapesAndOptionsThatDoNotFit(string definition, int[][] bottoms, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(definition, bottoms));
        Assert.Contains(expected, exception.ToString(), StringComparison.Ordinal);
        Assert.Equal("layer", exception.Diagnostics[0].Layer);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Theory]
    [MemberData(nameof(LabelReaders))]
    public void LabelsThatAreNoClasses(string definition, int[][] bottoms, int labels)
    {
        using var harness = new LayerHarness(definition, bottoms, prepare: h => h.Bottoms[labels].Data.Clear());
        harness.Forward();
        float[] wrong = [float.NaN, -1, 4, float.PositiveInfinity, float.NegativeInfinity, 1e20f];
        foreach (float label in wrong)
        {
            foreach (int place in new[] { 0, harness.Bottoms[labels].Count - 1 })
            {
                harness.Bottoms[labels].Data.Clear();
                harness.Bottoms[labels].Data[place] = label;
                var exception = Assert.Throws<CnnException>(harness.Forward);
                Assert.Contains(
                    $"label {label} at position {place} of 'bottom{labels}'", exception.Message,
                    StringComparison.Ordinal);
                Assert.Contains("labels are 0 to 3", exception.ToString(), StringComparison.Ordinal);
                Assert.NotNull(exception.Diagnostics[0].Location);
            }
        }
    }

    [Fact]
    public void APairIsAlikeOrNot()
    {
        using var harness = new LayerHarness(
            "type: 'ContrastiveLoss'", [[2, 3], [2, 3], [2]], prepare: h => h.Set(2, 1, float.NaN));
        Assert.Contains("position 1", Assert.Throws<CnnException>(harness.Forward).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("loss_param { ignore_label: 0 }")]
    public void ATargetThatIsNoNumberIsAnErrorAndNotIgnored(string options)
    {
        using var harness = new LayerHarness(
            $"type: 'SigmoidCrossEntropyLoss' {options}", [[2, 20], [2, 20]],
            prepare: h => h.Bottoms[1].Data[5] = float.NaN);
        Assert.Contains("position 5", Assert.Throws<CnnException>(harness.Forward).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SigmoidCrossEntropyLoss", 1)]
    [InlineData("HingeLoss", 1)]
    [InlineData("MultinomialLogisticLoss", 1)]
    [InlineData("InfogainLoss", 1, 2)]
    [InlineData("ContrastiveLoss", 2)]
    public void LabelsHaveNoGradient(string type, params int[] without)
    {
        int[][] bottoms = type switch
        {
            "SigmoidCrossEntropyLoss" => [[2, 2], [2, 2]],
            "InfogainLoss" => [[2, 2], [2], [2, 2]],
            "ContrastiveLoss" => [[2, 2], [2, 2], [2]],
            _ => [[2, 2], [2]],
        };
        using var harness = new LayerHarness($"type: '{type}'", bottoms, prepare: h =>
        {
            foreach (int bottom in without)
            {
                h.Bottoms[bottom].Data.Fill(1);
            }
        });
        harness.Forward();
        for (int bottom = 0; bottom < bottoms.Length; bottom++)
        {
            Assert.Equal(!without.Contains(bottom), harness.Layer.AllowsForceBackward(bottom));
        }

        foreach (int bottom in without)
        {
            Assert.Throws<CnnException>(() => harness.Backward(bottom));
        }
    }
}
