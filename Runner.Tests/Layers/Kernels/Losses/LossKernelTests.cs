using Cnn.Layers;
using Cnn.Layers.Kernels.Losses;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Losses;

/// <summary>
/// Compares the losses' kernels with loops written straight from their formulas, for several numbers of threads.
/// </summary>
[Trait("Category", "Kernel")]
public unsafe class LossKernelTests
{
    private const float Floor = 1e-20f;

    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 3, 5, 1 }, { 2, 40, 1 }, { 700, 33, 1 }, { 2, 3, 5 }, { 2, 3, 37 }, { 1, 21, 5000 }, { 0, 3, 4 },
        { 2, 3, 0 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void LossesOfProbabilitiesAreTheirFormulas(int outer, int channels, int inner)
    {
        int count = outer * channels * inner;
        AlignedBuffer p = Numbers.Random(count, 1), h = Numbers.Random(channels * channels, 2), sums = new(channels);
        foreach (ref float value in p.Span)
        {
            value = (value + 1) / 2;
        }

        PinnedInts labels = Labels(outer * inner, channels);
        var softmax = new float[count];
        var infogain = new float[count];
        double logLoss = 0, infogainLoss = 0;
        for (int at = 0; at < count; at++)
        {
            int k = at / inner % channels, label = labels.Pointer[(at / (channels * inner) * inner) + (at % inner)];
            if (label < 0)
            {
                continue;
            }

            double rowSum = 0;
            for (int j = 0; j < channels; j++)
            {
                rowSum += h.Span[(label * channels) + j];
            }

            float probability = p.Span[at], weight = h.Span[(label * channels) + k];
            logLoss -= label == k ? Math.Log(Math.Max(probability, Floor)) : 0;
            infogainLoss -= weight * Math.Log(Math.Max(probability, Floor));
            softmax[at] = (probability - (label == k ? 1 : 0)) * 0.5f;
            infogain[at] = (float)((probability * rowSum) - weight) * 0.5f;
        }

        foreach (int threads in new[] { 1, 3 })
        {
            using var pool = new WorkerPool(threads);
            AlignedBuffer actual = Numbers.Random(count, 3);
            double sum = LogLossKernel.Sum(p.Pointer, labels.Pointer, outer, channels, inner, Floor, pool);
            Assert.Equal(logLoss, sum, 1e-6 * (1 + Math.Abs(logLoss)));
            LogLossKernel.SoftmaxGradient(
                p.Pointer, labels.Pointer, actual.Pointer, outer, channels, inner, 0.5f, pool);
            Numbers.AssertClose(softmax, actual.Span[..count], 1, "softmax gradient");
            sum = InfogainKernel.Sum(p.Pointer, labels.Pointer, h.Pointer, outer, channels, inner, Floor, pool);
            Assert.Equal(infogainLoss, sum, 1e-6 * (1 + Math.Abs(infogainLoss)) * Math.Sqrt(1 + count));
            InfogainKernel.SoftmaxGradient(
                p.Pointer, labels.Pointer, h.Pointer, sums.Pointer, actual.Pointer, outer, channels, inner, 0.5f, pool);
            Numbers.AssertClose(infogain, actual.Span[..count], channels, "infogain gradient");
        }

        KeepAlive(p, h, sums, labels);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void PredictionsAreRightWhenFewerThanTopKScoreAsMuch(int outer, int channels, int inner)
    {
        AlignedBuffer scores = Numbers.Random(outer * channels * inner, 4), right = new(outer * inner);
        foreach (ref float value in scores.Span)
        {
            value = MathF.Round(value * 4) is var rounded && rounded == 2 ? float.NaN : rounded;
        }

        PinnedInts labels = Labels(outer * inner, channels);
        using var pool = new WorkerPool(2);
        for (int topK = 1; topK <= channels; topK += 2)
        {
            double sum = AccuracyKernel.Run(
                scores.Pointer, labels.Pointer, right.Pointer, outer, channels, inner, topK, pool);
            int expected = 0;
            for (int i = 0; i < outer * inner; i++)
            {
                int label = labels.Pointer[i], first = (i / inner * channels * inner) + (i % inner), better = 0;
                for (int c = 0; label >= 0 && c < channels; c++)
                {
                    bool isLess = scores.Span[first + (c * inner)] < scores.Span[first + (label * inner)];
                    better += c != label && !isLess ? 1 : 0;
                }

                bool isRight = label >= 0 && better < topK;
                expected += isRight ? 1 : 0;
                Assert.Equal(isRight ? 1 : 0, right.Span[i]);
            }

            Assert.Equal(expected, sum);
        }

        KeepAlive(scores, right, labels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(1000)]
    [InlineData(100_001)]
    public void ElementwiseLossesAreTheirFormulasAndTheSameOnAnyThreads(int count)
    {
        AlignedBuffer x = Numbers.Random(count, 5), t = Numbers.Random(count, 6), dx = new(count);
        double sigmoid = 0, squares = 0;
        int valid = 0;
        for (int i = 0; i < count; i++)
        {
            x.Span[i] *= 8;
            t.Span[i] = i % 5 == 0 ? 1 : MathF.Abs(t.Span[i]);
            double difference = (double)x.Span[i] - t.Span[i];
            squares += difference * difference;
            bool counts = (int)t.Span[i] != 1;
            valid += counts ? 1 : 0;
            sigmoid += counts ? Math.Log(1 + Math.Exp(x.Span[i])) - ((double)x.Span[i] * t.Span[i]) : 0;
        }

        double? firstSum = null;
        foreach (int threads in new[] { 1, 2, 5 })
        {
            using var pool = new WorkerPool(threads);
            double sum = SigmoidLossKernel.Sum(x.Pointer, t.Pointer, count, new IgnoredTargets(1), pool);
            Assert.Equal(sigmoid, sum, 1e-6 * (1 + sigmoid));
            Assert.Equal(firstSum ??= sum, sum);
            Assert.Equal(valid, SigmoidLossKernel.CountValid(t.Pointer, count, new IgnoredTargets(1), pool));
            Assert.Equal(count, SigmoidLossKernel.CountValid(t.Pointer, count, new IgnoredTargets(null), pool));
            Assert.Equal(squares, DifferenceKernel.SumOfSquares(x.Pointer, t.Pointer, count, pool), 1e-6 * squares);
            SigmoidLossKernel.Gradient(x.Pointer, t.Pointer, dx.Pointer, count, new IgnoredTargets(1), 2, pool);
            for (int i = 0; i < count; i++)
            {
                double expected = (int)t.Span[i] == 1 ? 0 : 2 * ((1 / (1 + Math.Exp(-x.Span[i]))) - t.Span[i]);
                Assert.Equal(expected, dx.Span[i], 1e-6);
            }
        }

        KeepAlive(x, t, dx);
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(1, 40_000)]
    [InlineData(2000, 17)]
    public void HingesAreTheirFormulas(int items, int classes)
    {
        AlignedBuffer x = Numbers.Random(items * classes, 7), dx = new(items * classes);
        PinnedInts labels = Labels(items, classes);
        using var pool = new WorkerPool(2);
        foreach (bool squared in new[] { false, true })
        {
            double expected = 0;
            double sum = HingeKernel.Sum(x.Pointer, labels.Pointer, items, classes, squared, pool);
            HingeKernel.Gradient(x.Pointer, labels.Pointer, dx.Pointer, items, classes, squared, 3, pool);
            for (int i = 0; i < items * classes; i++)
            {
                float sign = labels.Pointer[i / classes] == i % classes ? 1 : -1;
                double margin = Math.Max(0, 1 - (sign * x.Span[i]));
                expected += squared ? margin * margin : margin;
                double gradient = -sign * 3 * (squared ? 2 * margin : Math.Sign(margin));
                Assert.Equal(gradient, dx.Span[i], 2e-6);
            }

            Assert.Equal(expected, sum, 1e-6 * expected);
        }

        KeepAlive(x, dx, labels);
    }

    [Theory]
    [InlineData(3, 40_000)]
    [InlineData(5000, 7)]
    public void RowsOfDifferencesAreScaledEachByItsFactor(int rows, int size)
    {
        AlignedBuffer a = Numbers.Random(rows * size, 8), b = Numbers.Random(rows * size, 9);
        AlignedBuffer factors = Numbers.Random(rows, 10), squares = new(rows), dx = new(rows * size);
        using var pool = new WorkerPool(2);
        DifferenceKernel.RowSquares(a.Pointer, b.Pointer, squares.Pointer, rows, size, pool);
        DifferenceKernel.Scale(a.Pointer, b.Pointer, factors.Pointer, -1, dx.Pointer, rows, size, pool);
        for (int row = 0; row < rows; row++)
        {
            double sum = 0;
            for (int i = row * size; i < (row + 1) * size; i++)
            {
                double difference = (double)a.Span[i] - b.Span[i];
                sum += difference * difference;
                Assert.Equal(-factors.Span[row] * difference, dx.Span[i], 1e-6);
            }

            Assert.Equal(sum, squares.Span[row], 1e-6 * sum);
        }

        KeepAlive(a, b, factors, squares, dx);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(40_000)]
    public void TheFirstWrongLabelIsFound(int count)
    {
        using var pool = new WorkerPool(3);
        var labels = new AlignedBuffer(count);
        var indices = new PinnedInts(count);
        labels.Span.Fill(2);
        labels.Span[1] = 255;
        Assert.Equal((count - 1, -1), LabelKernel.Read(labels.Pointer, indices.Pointer, count, 3, true, 255, pool));
        Assert.Equal([2, LabelKernel.Ignored, 2], new ReadOnlySpan<int>(indices.Pointer, 3).ToArray());
        Assert.Equal(1, LabelKernel.Read(labels.Pointer, indices.Pointer, count, 3, false, 255, pool).FirstWrong);
        labels.Span[count - 1] = float.NaN;
        labels.Span[count - 2] = 3;
        Assert.Equal(
            count - 2, LabelKernel.Read(labels.Pointer, indices.Pointer, count, 3, true, 255, pool).FirstWrong);

        KeepAlive(labels, indices);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(-7)]
    [InlineData(255)]
    [InlineData(1 << 24)]
    public void TargetsAreIgnoredByTheirWholePart(int label)
    {
        var ignored = new IgnoredTargets(label);
        foreach (float around in new[] { label - 1f, label, label + 1f, 0.5f })
        {
            float below = MathF.BitDecrement(around), above = MathF.BitIncrement(around);
            foreach (float target in new[] { around, below, above, around + 0.3f })
            {
                Assert.Equal((int)target == label, ignored.Contains(target));
            }
        }

        Assert.False(ignored.Contains(float.NaN));
        Assert.False(new IgnoredTargets(null).Contains(label));
    }

    // The kernels are given addresses, which do not keep memory alive.
    private static void KeepAlive(params object[] buffers) => GC.KeepAlive(buffers);

    // Every class, and every fourth position ignored.
    private static PinnedInts Labels(int count, int classes)
    {
        var labels = new PinnedInts(count);
        for (int i = 0; i < count; i++)
        {
            labels.Pointer[i] = i % 4 == 3 ? LabelKernel.Ignored : i * 7 % classes;
        }

        return labels;
    }
}
