using Cnn.Layers;
using Cnn.Layers.Kernels.Losses;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Losses;

/// <summary>A score's gradient and its term of a loss depend on the score, not on its position.</summary>
[Trait("Category", "Kernel")]
public sealed unsafe class LossPlaceTests : IDisposable
{
    private static readonly float[] Moderate = [.. PlaceTest.Values.Where(value => Math.Abs(value) < 1000)];

    private readonly WorkerPool pool = new(1);

    private delegate void Gradient(float* x, int* label, float* dx, int classes);

    private delegate double Loss(float*[] inputs, int count);

    public void Dispose() => pool.Dispose();

    [Fact]
    public void GradientsAreTheSameEverywhere()
    {
        IgnoredTargets none = new(null), ones = new(1);
        PlaceTest.AssertEach(2, (x, y, count) => SigmoidLossKernel.Gradient(x[0], x[1], y, count, none, 0.3f, pool));
        PlaceTest.AssertEach(2, (x, y, count) => SigmoidLossKernel.Gradient(x[0], x[1], y, count, ones, 0.3f, pool));
        float factor = 0.7f;
        float* factors = &factor;
        PlaceTest.AssertEach(2, (x, y, count) => DifferenceKernel.Scale(x[0], x[1], factors, -1, y, 1, count, pool));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HingesAreTheSameEverywhere(bool squared)
    {
        int ignored = -1;
        int* label = &ignored;
        PlaceTest.AssertEach(1, (x, y, count) => HingeKernel.Gradient(x[0], label, y, 1, count, squared, 0.3f, pool));
        AssertSum(1, (x, count) => HingeKernel.Sum(x[0], label, 1, count, squared, pool));
        AssertLabel((x, at, y, count) => HingeKernel.Gradient(x, at, y, 1, count, squared, 0.3f, pool));
    }

    [Fact]
    public void GradientsThroughASoftmaxAreTheSameEverywhere()
    {
        int first = 0;
        int* label = &first;
        float* rowSums = stackalloc float[72];
        var matrix = new AlignedBuffer(72 * 72);

        // Position 0 belongs to the label, so the row begins with one more value.
        AlignedBuffer row = new(72), gradient = new(72);
        PlaceTest.AssertEach(1, (x, y, count) =>
        {
            Copy(x[0], row.Pointer + 1, count);
            LogLossKernel.SoftmaxGradient(row.Pointer, label, gradient.Pointer, 1, count + 1, 1, 0.3f, pool);
            Copy(gradient.Pointer + 1, y, count);
        });
        matrix.Span[0] = 0.7f;
        PlaceTest.AssertEach(1, (x, y, count) =>
        {
            Copy(x[0], row.Pointer + 1, count);
            InfogainKernel.SoftmaxGradient(
                row.Pointer, label, matrix.Pointer, rowSums, gradient.Pointer, 1, count + 1, 1, 0.3f, pool);
            Copy(gradient.Pointer + 1, y, count);
        });

        // With probabilities of 0 the sum of the label's weights does not contribute to the gradient.
        row.Span.Clear();
        PlaceTest.AssertEach(
            1,
            (x, y, count) =>
            {
                Copy(x[0], matrix.Pointer + 1, count);
                InfogainKernel.SoftmaxGradient(
                    row.Pointer, label, matrix.Pointer, rowSums, gradient.Pointer, 1, count + 1, 1, 0.3f, pool);
                Copy(gradient.Pointer + 1, y, count);
            },
            [.. Moderate.Where(value => value != 0)]);
        AssertLabel((x, at, y, count) => LogLossKernel.SoftmaxGradient(x, at, y, 1, count, 1, 0.3f, pool));
        GC.KeepAlive((row, gradient, matrix));
    }

    [Fact]
    public void TermsOfLossesAreTheSameEverywhere()
    {
        IgnoredTargets none = new(null), ones = new(1);
        AssertSum(2, (x, count) => SigmoidLossKernel.Sum(x[0], x[1], count, none, pool));
        AssertSum(2, (x, count) => SigmoidLossKernel.Sum(x[0], x[1], count, ones, pool));
        AssertSum(2, (x, count) => DifferenceKernel.SumOfSquares(x[0], x[1], count, pool));
        var labels = new PinnedInts(71);
        AssertSum(1, (x, count) => LogLossKernel.Sum(x[0], labels.Pointer, 1, 1, count, 1e-20f, pool));
        float weight = 0.3f;
        float* matrix = &weight;
        AssertSum(1, (x, count) => InfogainKernel.Sum(x[0], labels.Pointer, matrix, 1, 1, count, 1e-20f, pool));
        int first = 0;
        int* label = &first;
        AssertSum(2, (x, count) => InfogainKernel.Sum(x[0], label, x[1], 1, count, 1, 1e-20f, pool));
        GC.KeepAlive(labels);
    }

    [Fact]
    public void LabelsAreCountedAndReadAlikeForEveryLength()
    {
        for (int count = 1; count <= 70; count++)
        {
            var labels = new AlignedBuffer(count);
            var indices = new PinnedInts(count + 1);
            for (int i = 0; i < count; i++)
            {
                labels.Span[i] = i % 5 == 4 ? 9 : i % 3;
            }

            indices.Pointer[count] = 77;
            int ignored = count / 5;
            Assert.Equal(
                (count - ignored, -1), LabelKernel.Read(labels.Pointer, indices.Pointer, count, 3, true, 9, pool));
            Assert.Equal(77, indices.Pointer[count]);
            Assert.All(Enumerable.Range(0, count), i => Assert.Equal(i % 5 == 4 ? -1 : i % 3, indices.Pointer[i]));
            for (int wrong = 0; wrong < count; wrong++)
            {
                float right = labels.Span[wrong];
                labels.Span[wrong] = wrong % 2 == 0 ? float.NaN : 3;
                Assert.Equal(
                    wrong, LabelKernel.Read(labels.Pointer, indices.Pointer, count, 3, true, 9, pool).FirstWrong);
                labels.Span[wrong] = right;
            }

            GC.KeepAlive(labels);
            GC.KeepAlive(indices);
        }
    }

    private static void Copy(float* from, float* to, int count) =>
        new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));

    // The gradient at the label is the same for every class.
    private static void AssertLabel(Gradient gradient)
    {
        AlignedBuffer x = new(70), y = new(70);
        x.Span.Fill(0.37f);
        int label = 0;
        gradient(x.Pointer, &label, y.Pointer, 1);
        float alone = y.Span[0];
        for (int count = 1; count <= 70; count++)
        {
            for (label = 0; label < count; label++)
            {
                gradient(x.Pointer, &label, y.Pointer, count);
                PlaceTest.AssertSame(alone, y.Span[label], $"label {label} of {count}");
            }
        }

        GC.KeepAlive(x);
    }

    // Terms are floats and sums doubles, so a sum equals that of the terms up to the last digits of a double.
    private static void AssertSum(int inputs, Loss sum)
    {
        AlignedBuffer[] arrays = [.. Enumerable.Range(0, inputs).Select(_ => new AlignedBuffer(70))];
        var pointers = new float*[inputs];
        double total = 0, size = 0;
        for (int count = 1; count <= 70; count++)
        {
            // The last value alone comes first.
            for (int k = 0; k < inputs; k++)
            {
                pointers[k] = arrays[k].Pointer + count - 1;
                *pointers[k] = Moderate[(count + (5 * k)) % Moderate.Length];
            }

            double term = sum(pointers, 1);
            total += term;
            size += Math.Abs(term);
            for (int k = 0; k < inputs; k++)
            {
                pointers[k] = arrays[k].Pointer;
            }

            Assert.Equal(total, sum(pointers, count), 1e-13 * size);
        }

        GC.KeepAlive(arrays);
    }
}
