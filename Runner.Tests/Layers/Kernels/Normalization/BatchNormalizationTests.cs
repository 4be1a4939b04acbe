using Cnn.Layers;
using Cnn.Layers.Kernels.Normalization;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Normalization;

/// <summary>The fast passes compute what the formulas say, one number at a time in double precision.</summary>
[Trait("Category", "Kernel")]
public sealed unsafe class BatchNormalizationTests : IDisposable
{
    private const float Eps = 1e-3f;

    private readonly WorkerPool pool = new(1), two = new(2);

    /// <summary>Images, channels, inner, the rectifier's slope (null for none), whether statistics are given.</summary>
    public static TheoryData<int, int, int, float?, bool> Cases
    {
        get
        {
            var data = new TheoryData<int, int, int, float?, bool>();
            float?[] slopes = [null, 0, 0.25f];
            int number = 0;
            foreach (int inner in (int[])[1, 49, 50, 196, 1100])
            {
                foreach (int channels in (int[])[1, 2, 15, 16, 17, 33, 70])
                {
                    foreach (int images in (int[])[1, 2, 9])
                    {
                        data.Add(images, channels, inner, slopes[number % 3], number / 3 % 4 == 3);
                        number++;
                    }
                }
            }

            data.Add(3, 2, 40000, 0f, false);
            data.Add(5000, 40, 1, 0f, false);
            return data;
        }
    }

    public void Dispose()
    {
        pool.Dispose();
        two.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EachPassIsThatOfTheFormula(int images, int channels, int inner, float? slope, bool given)
    {
        var arrays = new Arrays(images, channels, inner, slope, given);
        arrays.Forward(pool);
        Reference reference = Reference.Of(arrays);
        AssertClose(reference.Y, arrays.Y.Span, "y");
        Assert.True(arrays.X.Span.SequenceEqual(arrays.Kept.Span), "the copy of x differs");
        arrays.Backward(pool);
        AssertClose(reference.Dx, arrays.Dx.Span, "dx");
        AssertClose(reference.ScaleGradient, arrays.ScaleGradient.Span, "the gradient of the scale");
        AssertClose(reference.BiasGradient, arrays.BiasGradient.Span, "the gradient of the bias");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnyNumberOfThreadsGivesTheSameBits(int images, int channels, int inner, float? slope, bool given)
    {
        Arrays one = new(images, channels, inner, slope, given), other = new(images, channels, inner, slope, given);
        one.Forward(pool);
        one.Backward(pool);
        other.Forward(two);
        other.Backward(two);
        Assert.True(one.Y.Span.SequenceEqual(other.Y.Span), "y differs");
        Assert.True(one.Dx.Span.SequenceEqual(other.Dx.Span), "dx differs");
        Assert.True(one.ScaleGradient.Span.SequenceEqual(other.ScaleGradient.Span), "a gradient differs");
    }

    [Fact]
    public void ALargeMeanCostsNoDigits()
    {
        var arrays = new Arrays(4, 3, 196, null, given: false);
        foreach (ref float value in arrays.X.Span)
        {
            value += 4096;
        }

        arrays.Forward(pool);
        Reference reference = Reference.Of(arrays);
        AssertClose(reference.Y, arrays.Y.Span, "y");
    }

    [Fact]
    public void AConstantHasNoVariance()
    {
        var arrays = new Arrays(3, 5, 50, 0, given: false);
        arrays.X.Span.Fill(0.1f);
        arrays.Forward(pool);
        Assert.All(arrays.Variance.Span.ToArray(), variance => Assert.Equal(0, variance));
    }

    private static void AssertClose(double[] expected, ReadOnlySpan<float> actual, string what)
    {
        double largest = expected.Max(Math.Abs) + 1e-2;
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= 3e-6 * largest,
                $"{what}[{i}] is {actual[i]}, not {expected[i]} (the largest is {largest})");
        }
    }

    private sealed class Arrays
    {
        private readonly AlignedBuffer numbers;

        public Arrays(int images, int channels, int inner, float? slope, bool given)
        {
            int count = images * channels * inner;
            (Images, Channels, Inner, Slope, IsGiven) = (images, channels, inner, slope, given);
            (X, Y, Kept, Dy, Dx) = (New(count), New(count), New(count), New(count), New(count));
            (Scale, Bias) = (New(channels), New(channels));
            (ScaleGradient, BiasGradient) = (New(channels), New(channels));
            (Mean, Variance, numbers) = (New(channels), New(channels), New(5 * channels));
            LayerHarness.Fill(X.Span, 1, -2, 3);
            LayerHarness.Fill(Dy.Span, 2, -1, 1);
            LayerHarness.Fill(Scale.Span, 3, -1, 2);
            LayerHarness.Fill(Bias.Span, 4, -1, 1);
            LayerHarness.Fill(Mean.Span, 5, 0, 1);
            LayerHarness.Fill(Variance.Span, 6, 0.5f, 2);
            numbers.Span.Clear();
        }

        public int Images { get; }

        public int Channels { get; }

        public int Inner { get; }

        public float? Slope { get; }

        public bool IsGiven { get; }

        public AlignedBuffer X { get; }

        public AlignedBuffer Y { get; }

        public AlignedBuffer Kept { get; }

        public AlignedBuffer Dy { get; }

        public AlignedBuffer Dx { get; }

        public AlignedBuffer Scale { get; }

        public AlignedBuffer Bias { get; }

        public AlignedBuffer ScaleGradient { get; }

        public AlignedBuffer BiasGradient { get; }

        public AlignedBuffer Mean { get; }

        public AlignedBuffer Variance { get; }

        private ChannelChain Chain => new()
        {
            Images = Images,
            Channels = Channels,
            Inner = Inner,
            UsesBatch = !IsGiven,
            Eps = Eps,
            Mean = Mean.Pointer,
            Variance = Variance.Pointer,
            Rest = numbers.Pointer,
            Inverse = numbers.Pointer + Channels,
            Factor = numbers.Pointer + (2 * Channels),
            Gradients = numbers.Pointer + (3 * Channels),
            Scale = Scale.Pointer,
            Bias = Bias.Pointer,
            Rectifies = Slope is not null,
            Slope = Slope ?? 0,
        };

        public void Forward(WorkerPool pool) =>
            BatchNormalization.Forward(X.Pointer, Y.Pointer, Kept.Pointer, Chain, pool);

        public void Backward(WorkerPool pool) => BatchNormalization.Backward(
            X.Pointer, false, Dy.Pointer,
            new ChannelGradients(Dx.Pointer, ScaleGradient.Pointer, BiasGradient.Pointer, null, adds: false), Chain,
            pool);

        private static AlignedBuffer New(int count) => new(count);
    }

    // Scalar, in double precision: the formulas of the kernel's summary.
    private sealed record Reference(double[] Y, double[] Dx, double[] ScaleGradient, double[] BiasGradient)
    {
        public static Reference Of(Arrays arrays)
        {
            int count = arrays.X.Span.Length;
            var result = new Reference(
                new double[count], new double[count], new double[arrays.Channels], new double[arrays.Channels]);
            for (int c = 0; c < arrays.Channels; c++)
            {
                result.Channel(arrays, c);
            }

            return result;
        }

        private void Channel(Arrays arrays, int c)
        {
            int[] places = [.. from image in Enumerable.Range(0, arrays.Images)
                               from i in Enumerable.Range(0, arrays.Inner)
                               select (((image * arrays.Channels) + c) * arrays.Inner) + i];
            double mean = arrays.IsGiven ? arrays.Mean.Span[c] : places.Average(i => (double)arrays.X.Span[i]);
            double variance = arrays.IsGiven
                ? arrays.Variance.Span[c]
                : places.Average(i => Math.Pow(arrays.X.Span[i] - mean, 2));
            double inverse = 1 / Math.Sqrt(variance + Eps), scale = arrays.Scale.Span[c];
            double slope = arrays.Slope ?? 1;
            double[] normalised = [.. places.Select(i => (arrays.X.Span[i] - mean) * inverse)];
            double[] before = [.. normalised.Select(x => (x * scale) + arrays.Bias.Span[c])];

            // Whether a number next to 0 is above it is up to the rounding.
            bool[] isAbove = [.. places.Select((i, k) =>
                Math.Abs(before[k]) > 1e-5 ? before[k] > 0 : arrays.Y.Span[i] > 0)];
            double[] g = [.. places.Select((i, k) => arrays.Dy.Span[i] * (isAbove[k] ? 1 : slope))];
            ScaleGradient[c] = g.Zip(normalised, (a, b) => a * b).Sum();
            BiasGradient[c] = g.Sum();
            double meanG = arrays.IsGiven ? 0 : BiasGradient[c] / places.Length;
            double meanProduct = arrays.IsGiven ? 0 : ScaleGradient[c] / places.Length;
            for (int k = 0; k < places.Length; k++)
            {
                Y[places[k]] = before[k] * (before[k] > 0 ? 1 : slope);
                Dx[places[k]] = scale * inverse * (g[k] - meanG - (normalised[k] * meanProduct));
            }
        }
    }
}
