using Cnn.Proto;

namespace Cnn.Tests.Layers.Losses;

public class CtcLossLayerTests
{
    /// <summary>Steps, symbols, the blank, and the labels of two items.</summary>
    public static TheoryData<int, int, int, float[]> Cases => new()
    {
        { 4, 3, 0, [1, 2, 2, 0] },
        { 5, 3, 2, [0, 0, 1, 2] },
        { 6, 4, 1, [0, 0, 3, 2] },
        { 1, 3, 0, [1, 0, 0, 2] },
        { 3, 2, 1, [1, 1, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Category", "Unit")]
    public void TheLossIsThatOfAllPathsThatReadTheLabels(int steps, int symbols, int blank, float[] labels)
    {
        using LayerHarness harness = Make(steps, symbols, blank, labels);
        harness.Forward();
        double expected = 0;
        for (int item = 0; item < 2; item++)
        {
            int[] text = [.. labels[(2 * item)..(2 * item + 2)].Select(label => (int)label).Where(l => l != blank)];
            double probability = Probability(harness, item, steps, symbols, blank, text);
            expected += probability == 0 ? 0 : -Math.Log(probability);
        }

        Assert.Equal(expected / 2, harness.Top[0], 1e-5);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheLoss(int steps, int symbols, int blank, float[] labels)
    {
        using LayerHarness harness = Make(steps, symbols, blank, labels);
        new GradientChecker { Bottoms = [0] }.Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void LabelsThatNeedMoreStepsThanThereAreCostNothing()
    {
        // Two equal labels need a blank between them.
        using LayerHarness harness = Make(2, 3, 0, [1, 1, 1, 2]);
        harness.Forward();
        double other = -Math.Log(Probability(harness, 1, 2, 3, 0, [1, 2]));
        Assert.Equal(other / 2, harness.Top[0], 1e-5);
        harness.Tops[0].Diff[0] = 1;
        harness.Bottoms[0].Diff.Fill(float.NaN);
        harness.Backward(0);
        for (int t = 0; t < 2; t++)
        {
            Assert.Equal(new float[3], harness.Bottoms[0].Diff.Slice(t * 6, 3).ToArray());
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void StepsAfterTimeStepAreNotReadAndHaveNoGradient()
    {
        using LayerHarness harness = Make(4, 3, 0, [1, 2, 2, 0], more: 2);
        using LayerHarness whole = Make(4, 3, 0, [1, 2, 2, 0]);
        harness.Bottoms[0].Data[..24].CopyTo(whole.Bottoms[0].Data);
        harness.Bottoms[0].Data[24..].Fill(float.NaN);
        harness.Forward();
        whole.Forward();
        Assert.Equal(whole.Top, harness.Top);
        harness.Tops[0].Diff[0] = 1;
        harness.Bottoms[0].Diff.Fill(float.NaN);
        harness.Backward(0);
        Assert.Equal(new float[12], harness.Bottoms[0].Diff[24..].ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ImprobableLabelsOfLongSequencesStayNumbers()
    {
        float[] labels = [.. Enumerable.Range(0, 200).Select(i => 1f + (i % 7))];
        using var harness = new LayerHarness(
            "type: 'CtcLoss' ctc_loss_param { alphabet_size: 8 time_step: 300 }", [[300, 1, 8], [1, 200]],
            prepare: h =>
            {
                for (int i = 0; i < 300 * 8; i++)
                {
                    h.Bottoms[0].Data[i] = i % 8 == 0 ? 400 : 0;
                }

                labels.CopyTo(h.Bottoms[1].Data);
            });
        harness.Forward();

        // Each of 200 steps takes a label, 400 below the blank.
        Assert.Equal(80000, harness.Top[0], 300f);
        harness.Tops[0].Diff[0] = 1;
        harness.Backward(0);
        float sum = 0;
        foreach (float d in harness.Bottoms[0].Diff)
        {
            Assert.True(float.IsFinite(d));
            sum += d;
        }

        Assert.Equal(0, sum, 1e-2f);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheBitsAreTheSameOnAnyNumberOfThreadsAndPassesAllocateNothing()
    {
        float[][] results = [.. new[] { 1, 3 }.Select(threads =>
        {
            using var harness = new LayerHarness(
                "type: 'CtcLoss' ctc_loss_param { alphabet_size: 40 time_step: 30 }", [[30, 9, 40], [9, 12]],
                threads: threads, prepare: h => Number(h.Bottoms[1].Data, 40));
            harness.Forward();
            harness.Tops[0].Diff[0] = 1;
            harness.Backward(0);
            if (threads == 1)
            {
                harness.AssertAllocatesNothing(0);
            }

            return harness.Top.Concat(harness.Bottoms[0].Diff.ToArray()).ToArray();
        })];
        Assert.Equal(results[0], results[1]);
    }

    [Theory]
    [InlineData("time_step: 4", "alphabet_size is 0")]
    [InlineData("alphabet_size: 3", "time_step is 0")]
    [InlineData("alphabet_size: 3 time_step: 4 blank_label: 3", "blank_label is 3")]
    [InlineData("alphabet_size: 4 time_step: 4", "here with 4 steps or more and 4 symbols")]
    [InlineData("alphabet_size: 3 time_step: 5", "here with 5 steps or more and 3 symbols")]
    [Trait("Category", "Unit")]
    public void WrongOptionsAreNamed(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            $"type: 'CtcLoss' ctc_loss_param {{ {options} }}", [[4, 2, 3], [2, 2]]).Dispose());
        Assert.Contains(
            expected,
            exception.Message + exception.Diagnostics[0].Hint,
            StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ALabelThatIsNoSymbolIsAnError()
    {
        using LayerHarness harness = Make(4, 3, 0, [1, 3, 2, 0]);
        var exception = Assert.Throws<CnnException>(harness.Forward);
        Assert.Contains("label 3 at position 1 of 'bottom1'", exception.Message, StringComparison.Ordinal);
        Assert.NotNull(harness.Layer.LabelProblem(1, -1));
        Assert.Null(harness.Layer.LabelProblem(1, 2));
        Assert.Throws<CnnException>(() => harness.Backward(1));
    }

    private static LayerHarness Make(int steps, int symbols, int blank, float[] labels, int more = 0) => new(
        $"type: 'CtcLoss' ctc_loss_param {{ alphabet_size: {symbols} time_step: {steps} blank_label: {blank} }}",
        [[steps + more, 2, symbols], [2, 2]],
        prepare: h => h.Set(1, labels));

    private static void Number(Span<float> labels, int symbols)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = i * 7 % symbols;
        }
    }

    // The probability of all paths, one by one.
    private static double Probability(
        LayerHarness harness, int item, int steps, int symbols, int blank, int[] labels)
    {
        double sum = 0;
        for (int path = 0; path < (int)Math.Pow(symbols, steps); path++)
        {
            double probability = 1;
            List<int> read = [];
            for (int t = 0, rest = path, previous = blank; t < steps; t++, rest /= symbols)
            {
                int symbol = rest % symbols;
                double[] e =
                [
                    .. harness.Bottoms[0].Data.Slice(((t * 2) + item) * symbols, symbols).ToArray()
                        .Select(x => Math.Exp(x)),
                ];
                probability *= e[symbol] / e.Sum();
                if (symbol != previous && symbol != blank)
                {
                    read.Add(symbol);
                }

                previous = symbol;
            }

            sum += read.SequenceEqual(labels) ? probability : 0;
        }

        return sum;
    }
}
