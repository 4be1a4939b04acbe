using Cnn.Layers;
using Cnn.Layers.Kernels.Softmax;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Softmax;

[Trait("Category", "Kernel")]
public unsafe class SoftmaxKernelTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 10, 1)]
    [InlineData(40, 1000, 1)]
    [InlineData(2, 33, 1)]
    [InlineData(2, 3, 5)]
    [InlineData(3, 5, 50)]
    [InlineData(1, 21, 4001)]
    [InlineData(2, 0, 50)]
    [InlineData(0, 3, 2)]
    public void BothWaysAreTheirFormulasAndTheSameOnAnyThreads(int outer, int channels, int inner)
    {
        int count = outer * channels * inner;
        AlignedBuffer x = Numbers.Random(count, 1), dy = Numbers.Random(count, 2);
        foreach (ref float value in x.Span)
        {
            value *= 20;
        }

        var (y, dx) = (new float[count], new float[count]);
        for (int at = 0; at < (channels == 0 ? 0 : outer * inner); at++)
        {
            int first = (at / inner * channels * inner) + (at % inner);
            double sum = 0, dot = 0;
            for (int c = 0; c < channels; c++)
            {
                sum += Math.Exp(x.Span[first + (c * inner)]);
            }

            for (int c = 0; c < channels; c++)
            {
                int i = first + (c * inner);
                y[i] = (float)(Math.Exp(x.Span[i]) / sum);
                dot += (double)y[i] * dy.Span[i];
            }

            for (int c = 0; c < channels; c++)
            {
                int i = first + (c * inner);
                dx[i] = (float)(y[i] * (dy.Span[i] - dot));
            }
        }

        float[]? all = null;
        foreach (int threads in new[] { 1, 3 })
        {
            using var pool = new WorkerPool(threads);
            AlignedBuffer actualY = new(count), actualDx = new(count);
            SoftmaxKernel.Forward(x.Pointer, actualY.Pointer, outer, channels, inner, pool);
            SoftmaxKernel.Backward(actualY.Pointer, dy.Pointer, actualDx.Pointer, outer, channels, inner, pool);
            Numbers.AssertClose(y, actualY.Span, 2, "y");
            Numbers.AssertClose(dx, actualDx.Span, 4, "dx");
            float[] now = [.. actualY.Span, .. actualDx.Span];
            Assert.Equal(all ??= now, now);
        }

        // Kernels are given addresses, which do not keep memory alive.
        GC.KeepAlive((x, dy));
    }

    [Fact]
    public void AScoreThatIsNoNumberSpoilsItsOwnItemAlone()
    {
        using var pool = new WorkerPool(1);
        AlignedBuffer x = Numbers.Random(80, 1), y = new(80);
        x.Span[3] = float.NaN;
        SoftmaxKernel.Forward(x.Pointer, y.Pointer, 2, 40, 1, pool);
        Assert.All(y.Span[..40].ToArray(), value => Assert.True(float.IsNaN(value)));
        Assert.All(y.Span[40..].ToArray(), value => Assert.True(float.IsFinite(value)));
        GC.KeepAlive(x);
    }

    [Fact]
    public void AColumnIsTheSameWhereverItStands()
    {
        using var pool = new WorkerPool(1);
        float[] values = [.. Numbers.Random(31, 3).Span];

        // One more position keeps a single column from being a row, whose sums have another order.
        AlignedBuffer x = new(3 * 71), y = new(3 * 71), dy = new(3 * 71), dx = new(3 * 71);
        for (int channel = 0; channel < 3; channel++)
        {
            PlaceTest.AssertEach(
                3,
                (inputs, to, count) =>
                {
                    Join(inputs, 0, x, count);
                    SoftmaxKernel.Forward(x.Pointer, y.Pointer, 1, 3, count + 1, pool);
                    y.Span.Slice(channel * (count + 1), count).CopyTo(new Span<float>(to, count));
                },
                values);
            PlaceTest.AssertEach(
                6,
                (inputs, to, count) =>
                {
                    Join(inputs, 0, y, count);
                    Join(inputs, 3, dy, count);
                    SoftmaxKernel.Backward(y.Pointer, dy.Pointer, dx.Pointer, 1, 3, count + 1, pool);
                    dx.Span.Slice(channel * (count + 1), count).CopyTo(new Span<float>(to, count));
                },
                values);
        }
    }

    [Fact]
    public void EqualScoresOfARowAreEqualWhereverTheyStand()
    {
        using var pool = new WorkerPool(1);
        AlignedBuffer scores = Numbers.Random(7, 4);
        for (int channels = 1; channels <= 70; channels++)
        {
            AlignedBuffer x = new(3 * channels), y = new(3 * channels), dx = new(3 * channels);
            for (int i = 0; i < 3 * channels; i++)
            {
                x.Span[i] = scores.Span[i % channels % 7];
            }

            SoftmaxKernel.Forward(x.Pointer, y.Pointer, 3, channels, 1, pool);
            SoftmaxKernel.Backward(y.Pointer, x.Pointer, dx.Pointer, 3, channels, 1, pool);
            for (int i = 7; i < 3 * channels; i++)
            {
                int same = i % channels % 7;
                PlaceTest.AssertSame(y.Span[same], y.Span[i], $"y at {i} of rows of {channels}");
                PlaceTest.AssertSame(dx.Span[same], dx.Span[i], $"dx at {i} of rows of {channels}");
            }

            GC.KeepAlive(x);
        }
    }

    private static void Join(float*[] parts, int first, AlignedBuffer whole, int count)
    {
        whole.Span.Clear();
        for (int i = 0; i < 3; i++)
        {
            new ReadOnlySpan<float>(parts[first + i], count).CopyTo(whole.Span[(i * (count + 1))..]);
        }
    }
}
